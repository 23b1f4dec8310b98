/**
 * The newest changes in memory, bounded by count and bytes: one writer, the tail, and any number of
 * readers, each with a cursor of its own.
 *
 * <p>Begin with {@link dev.orderwire.feed.Feed}. The writer never waits for a reader. A reader that
 * falls behind the oldest moment is told so, and continues from the change log ({@link
 * dev.orderwire.feed.Backlog}). The interfaces are the ports by which the gateway is fed. This
 * package knows neither SQL nor views.
 */
@NullMarked
package dev.orderwire.feed;

import org.jspecify.annotations.NullMarked;
