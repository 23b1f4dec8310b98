package dev.orderwire.gateway;

import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;

/** Tells when the system gives no more sockets, as when the process has too many open files. */
@Sharable
final class Accepting extends ChannelInboundHandlerAdapter {
  /** Netty accepts again after a second. A process at its limit then gets a few sockets. */
  private static final long QUIET = Duration.ofSeconds(10).toNanos();

  private final Traffic traffic;
  private volatile boolean failed;
  private volatile long lastFailure;

  Accepting(Traffic traffic) {
    this.traffic = traffic;
  }

  void accepted() {
    if (failed && System.nanoTime() - lastFailure > QUIET) {
      failed = false;
      traffic.serves(Use.of(Resource.SOCKETS));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    lastFailure = System.nanoTime();
    failed = true;
    traffic.refuses(
        Use.of(Resource.SOCKETS),
        "the system accepts no connection: %s. Raise the limit of open files (ulimit -n)"
            .formatted(cause),
        false);
  }
}
