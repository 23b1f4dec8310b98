/** Tests of resuming from a position. */
@NullMarked
package dev.orderwire.gateway.catchup;

import org.jspecify.annotations.NullMarked;
