/** Tests of the protocol page, and of memory. */
@NullMarked
package dev.orderwire.gateway.protocol;

import org.jspecify.annotations.NullMarked;
