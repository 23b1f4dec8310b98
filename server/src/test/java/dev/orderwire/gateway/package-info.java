/** Tests of the gateway: over real sockets, on a feed that the test fills or on a real MySQL. */
@NullMarked
package dev.orderwire.gateway;

import org.jspecify.annotations.NullMarked;
