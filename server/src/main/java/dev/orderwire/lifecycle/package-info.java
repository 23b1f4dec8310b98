/**
 * How the parts of a process live: a thread that is started, woken and stopped, and parts that are
 * closed in the reverse order of their creation.
 *
 * <p>Begin with {@link dev.orderwire.lifecycle.Worker}. It must not know any of the parts.
 */
@NullMarked
package dev.orderwire.lifecycle;

import org.jspecify.annotations.NullMarked;
