/** Tests of the benchmarks' measuring tools. */
@NullMarked
package dev.orderwire.bench;

import org.jspecify.annotations.NullMarked;
