/** Tests of what the gateway lets in. */
@NullMarked
package dev.orderwire.gateway.http;

import org.jspecify.annotations.NullMarked;
