/**
 * The threads of the parts of a process: how they are started, woken and stopped.
 *
 * <p>Begin with {@link dev.orderwire.lifecycle.Worker}. It must not know any of the parts.
 */
@NullMarked
package dev.orderwire.lifecycle;

import org.jspecify.annotations.NullMarked;
