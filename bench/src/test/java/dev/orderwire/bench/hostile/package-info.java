/** Tests that the load finds errors, by giving it faulty streams. */
@NullMarked
package dev.orderwire.bench.hostile;

import org.jspecify.annotations.NullMarked;
