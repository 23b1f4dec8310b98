/** Tests that the load finds errors, by giving it faulty streams. */
@NullMarked
package dev.orderwire.bench.load;

import org.jspecify.annotations.NullMarked;
