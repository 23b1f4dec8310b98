/**
 * Clients that try to harm the server: they are slow, send what no client sends, or ask for too
 * much.
 *
 * <p>Begin with {@link dev.orderwire.bench.hostile.HostileLoad}, which starts their process, and
 * {@link dev.orderwire.bench.hostile.Attack}, which lists what they do. Each attempt counts what
 * the server answered. The package must not know the scenarios.
 */
@NullMarked
package dev.orderwire.bench.hostile;

import org.jspecify.annotations.NullMarked;
