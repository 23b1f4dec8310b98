/** Tests of health and metrics, on a real tail. */
@NullMarked
package dev.orderwire.ops;

import org.jspecify.annotations.NullMarked;
