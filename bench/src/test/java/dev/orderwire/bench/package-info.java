/** What a benchmark measures with is measured here. */
@NullMarked
package dev.orderwire.bench;

import org.jspecify.annotations.NullMarked;
