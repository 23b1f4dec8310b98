/**
 * Whom the server believes about the address of a client: proxies at configured addresses, and
 * nobody else. Begin with {@link dev.orderwire.gateway.proxy.Proxies}. It knows nothing of what is
 * done with the address.
 */
@NullMarked
package dev.orderwire.gateway.proxy;

import org.jspecify.annotations.NullMarked;
