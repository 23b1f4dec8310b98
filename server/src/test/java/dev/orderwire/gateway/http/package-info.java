/** Tests of the HTTP side of the gateway. */
@NullMarked
package dev.orderwire.gateway.http;

import org.jspecify.annotations.NullMarked;
