/** Tests of the frames of a view, without connections. */
@NullMarked
package dev.orderwire.gateway.match;

import org.jspecify.annotations.NullMarked;
