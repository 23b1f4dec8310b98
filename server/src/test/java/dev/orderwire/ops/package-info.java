/** Tests of health, metrics and the canary, on a real server. */
@NullMarked
package dev.orderwire.ops;

import org.jspecify.annotations.NullMarked;
