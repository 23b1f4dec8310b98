package dev.orderwire.gateway.proxy;

import java.net.InetAddress;

/**
 * The other end of a connection, as the nearest proxy tells it.
 *
 * @param trusted whether it is a proxy that is believed about its clients
 */
public record Peer(InetAddress address, boolean trusted) {}
