package dev.orderwire.gateway.tls;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Starts TLS with the first bytes of a connection, or refuses a client that does not speak it. */
final class TlsOrPlain extends OptionalSslHandler {
  private final Executor handshakes;
  private final long handshakeSeconds;

  TlsOrPlain(SslContext context, Executor handshakes, long handshakeSeconds) {
    super(context);
    this.handshakes = handshakes;
    this.handshakeSeconds = handshakeSeconds;
  }

  @Override
  protected SslHandler newSslHandler(ChannelHandlerContext context, SslContext tls) {
    SslHandler handler = tls.newHandler(context.alloc(), handshakes);
    handler.setHandshakeTimeout(handshakeSeconds, TimeUnit.SECONDS);
    return handler;
  }

  @Override
  protected ChannelHandler newNonSslHandler(ChannelHandlerContext context) {
    return new PlainRefusal();
  }
}
