/**
 * Applications that write to the watched tables.
 *
 * <p>Begin with {@link dev.orderwire.judge.writer.Writer}. This package knows no client and no
 * server.
 */
@NullMarked
package dev.orderwire.judge.writer;

import org.jspecify.annotations.NullMarked;
