package dev.orderwire.gateway.http;

import dev.orderwire.auth.Identity;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.limits.Allowance;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import dev.orderwire.gateway.proxy.Peer;
import dev.orderwire.gateway.tls.ServerTls;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where the requests of one connection come from: a client, or a proxy that sends those of many.
 * For the connection's event loop.
 */
final class Caller {
  private final Peer peer;
  private final boolean admitted;
  private final Allowance allowance;
  private final GatewayOptions options;
  private final Traffic traffic;

  /** For whom the proxy sends the current request; null without a proxy, or if it does not tell. */
  private @Nullable InetAddress client;

  /**
   * @param admitted false if the server has its maximum of connections
   */
  Caller(
      Peer peer, boolean admitted, Allowance allowance, GatewayOptions options, Traffic traffic) {
    this.peer = peer;
    this.admitted = admitted;
    this.allowance = allowance;
    this.options = options;
    this.traffic = traffic;
  }

  /** Whether there is room for the connection: otherwise it gets one answer. */
  boolean isAdmitted() {
    return admitted;
  }

  Allowance allowance() {
    return allowance;
  }

  /** Whether the requests come from a trusted proxy. */
  boolean isProxied() {
    return peer.trusted();
  }

  /** The address of the client of the current request; null if its proxy does not tell it. */
  @Nullable InetAddress address() {
    return peer.trusted() ? client : peer.address();
  }

  /**
   * Counts a request for its client.
   *
   * @throws OrderwireException {@code over_limit}
   */
  void asks(HttpRequest request) {
    if (!admitted && !Routes.isStatus(request.uri())) {
      throw tooMany();
    }
    client = peer.trusted() ? options.proxies().client(request.headers()) : null;
    allowance.request(client);
  }

  private OrderwireException tooMany() {
    traffic.overLimit(Limit.CONNECTIONS);
    traffic.refuses(
        Use.of(Resource.CONNECTIONS),
        "the server has its maximum of %d connections. Run another server beside it"
            .formatted(options.limit(Limit.CONNECTIONS)),
        false);
    return new OrderwireException(
        ErrorCode.OVER_LIMIT, "the server has its maximum of connections: try again later");
  }

  /**
   * Counts the connection for the client of the current request, which keeps it from now on.
   *
   * @param identity who the client is; null if that is not known yet
   * @throws OrderwireException {@code over_limit}
   */
  void stays(@Nullable Identity identity) {
    allowance.open(client, identity);
  }

  /** Whether the client's connection is encrypted. */
  boolean isSecure(Exchange exchange) {
    return ServerTls.isOn(exchange.context().channel())
        || (peer.trusted() && options.proxies().isSecure(exchange.request().headers()));
  }
}
