/** Tests of the feed. */
@NullMarked
package dev.orderwire.feed;

import org.jspecify.annotations.NullMarked;
