/** Tests of the package of this name. */
@NullMarked
package dev.orderwire.gateway.limits;

import org.jspecify.annotations.NullMarked;
