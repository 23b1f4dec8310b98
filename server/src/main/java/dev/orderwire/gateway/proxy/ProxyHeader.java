package dev.orderwire.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the header of the PROXY protocol, version 1 or 2, at the beginning of a connection from a
 * trusted proxy. The rest of the pipeline is added when the client's address is known. A connection
 * that begins otherwise is closed: it must not be guessed whether there is a header (PROXY
 * protocol, section 2).
 */
public final class ProxyHeader extends ChannelInboundHandlerAdapter {
  /** Is told that a connection is closed, as it does not begin with a valid header. */
  public interface Refused {
    void headerless(InetAddress proxy, String why);
  }

  /** What comes after the addresses in version 2; a proxy needs some hundred bytes. */
  private static final int MOST_EXTRA_BYTES = 4_096;

  private static final Logger LOG = LoggerFactory.getLogger(ProxyHeader.class);

  private final InetAddress proxy;
  private final Proxies proxies;
  private final Consumer<Peer> begin;
  private final Refused refused;
  private @Nullable Future<?> deadline;
  private boolean isRefused;

  private ProxyHeader(InetAddress proxy, Proxies proxies, Consumer<Peer> begin, Refused refused) {
    this.proxy = proxy;
    this.proxies = proxies;
    this.begin = begin;
    this.refused = refused;
  }

  /**
   * Waits for the header.
   *
   * @param proxy where the connection comes from
   * @param seconds how long to wait for it
   * @param begin gets the client, and adds the handlers that read what it sends
   * @param refused is told if there is none
   */
  public static void await(
      ChannelPipeline pipeline,
      InetAddress proxy,
      Proxies proxies,
      long seconds,
      Consumer<Peer> begin,
      Refused refused) {
    ProxyHeader handler = new ProxyHeader(proxy, proxies, begin, refused);
    pipeline.addLast(new HAProxyMessageDecoder(MOST_EXTRA_BYTES)).addLast(handler);
    handler.deadline =
        pipeline
            .channel()
            .eventLoop()
            .schedule(
                () -> handler.refuse(pipeline, "it did not come in time"),
                seconds,
                TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (!(message instanceof HAProxyMessage header)) {
        throw new IllegalStateException("not a header of the PROXY protocol: " + message);
      }
      cancelDeadline();
      begin.accept(peer(header));
      context.pipeline().remove(this);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** The client; the proxy itself, where it speaks for itself or does not know the client. */
  private Peer peer(HAProxyMessage header) {
    InetAddress source =
        header.command() == HAProxyCommand.LOCAL || header.sourceAddress() == null
            ? null
            : AddressRange.address(header.sourceAddress());
    return proxies.peer(source == null ? proxy : source);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("Connection lost: {}", cause.toString());
      close(context.pipeline());
    } else if (cause instanceof DecoderException) {
      refuse(context.pipeline(), "it is not valid");
    } else {
      LOG.error("Connection failed; closing it", cause);
      close(context.pipeline());
    }
  }

  /** Once: a decoder that is closed reads what is left, and fails again. */
  private void refuse(ChannelPipeline pipeline, String why) {
    if (isRefused) {
      return;
    }
    isRefused = true;
    refused.headerless(proxy, why);
    close(pipeline);
  }

  private void close(ChannelPipeline pipeline) {
    cancelDeadline();
    var _ = pipeline.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    cancelDeadline();
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
