/** Tests of the gateway over sockets: on a feed, on data in memory, or on MySQL. */
@NullMarked
package dev.orderwire.gateway;

import org.jspecify.annotations.NullMarked;
