/** Tests of the package of this name. */
@NullMarked
package dev.orderwire.gateway.proxy;

import org.jspecify.annotations.NullMarked;
