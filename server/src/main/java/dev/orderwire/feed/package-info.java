/**
 * The newest changes in memory, bounded by count and bytes: one writer, the tail, and any number of
 * readers, each with a cursor of its own.
 *
 * <p>Begin with {@link dev.orderwire.feed.Feed}. Nobody waits for anybody here: the writer never
 * blocks, and a reader that falls behind what is kept is told so and goes to the change log. It
 * knows neither SQL nor views.
 */
@NullMarked
package dev.orderwire.feed;

import org.jspecify.annotations.NullMarked;
