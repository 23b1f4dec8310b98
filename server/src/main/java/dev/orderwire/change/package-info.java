/**
 * The values that all other packages share: a change of a row ({@link
 * dev.orderwire.change.Change}), and the set of changes that have been seen ({@link
 * dev.orderwire.change.Position}).
 *
 * <p>Begin with {@link dev.orderwire.change.Change}. All values are immutable, and safe to share
 * between threads. This package depends on nothing but the JDK, and knows neither SQL nor sockets:
 * cells stay the JSON text that MySQL wrote, so that no digit is lost on the way.
 */
@NullMarked
package dev.orderwire.change;

import org.jspecify.annotations.NullMarked;
