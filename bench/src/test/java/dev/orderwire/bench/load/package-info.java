/** A load that is no good finds nothing: so it is shown streams in which something is wrong. */
@NullMarked
package dev.orderwire.bench.load;

import org.jspecify.annotations.NullMarked;
