/** Tests of what the gateway decides for clients that resume. */
@NullMarked
package dev.orderwire.gateway.catchup;

import org.jspecify.annotations.NullMarked;
