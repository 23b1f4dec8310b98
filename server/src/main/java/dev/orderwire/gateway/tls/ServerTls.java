package dev.orderwire.gateway.tls;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.tls.Identity;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's TLS. It looks at its files every few seconds: new connections use the new
 * certificate, and open ones keep theirs. Safe for any number of threads.
 */
public final class ServerTls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  /** The value of the header Strict-Transport-Security on connections with TLS. */
  private static final AttributeKey<String> HSTS = AttributeKey.valueOf(ServerTls.class, "hsts");

  private final TlsFiles files;
  private final @Nullable String hsts;
  private final Worker watch;

  /**
   * Handshakes, which cost a thousand times as much as a message: when all clients come back at
   * once, those that are connected must not wait for them.
   */
  private final ExecutorService handshakes =
      Executors.newFixedThreadPool(
          Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
          new DefaultThreadFactory("tls", true));

  private volatile TlsFiles.Loaded loaded;

  /** The content that was read last, whether it could be used or not. */
  private int seen;

  /** Why {@link #seen} cannot be used, if that has not been said. */
  private @Nullable String unsaid;

  /**
   * Reads the files.
   *
   * @param hstsSeconds how long browsers shall use nothing but TLS for this host; 0 for no such
   *     instruction
   * @throws OrderwireException {@code bad_settings} if the files cannot be used
   */
  public ServerTls(TlsFiles files, long hstsSeconds) {
    // Before the JDK's TLS is used. Renegotiation lets a client make the server work for nothing.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    this.files = files;
    this.hsts = hstsSeconds == 0 ? null : "max-age=" + hstsSeconds;
    this.seen = files.fingerprint();
    try {
      this.loaded = files.load();
    } catch (IOException e) {
      throw new OrderwireException(
          ErrorCode.BAD_SETTINGS, "server.tls cannot be used: " + e.getMessage(), e);
    }
    warnIfOutOfTime(loaded.identity());
    this.watch =
        Worker.virtual(
            "tls files",
            () -> {
              while (true) {
                Thread.sleep(BETWEEN_LOOKS);
                look();
              }
            });
    watch.start();
  }

  private static void warnIfOutOfTime(Identity identity) {
    identity
        .outOfTime(Instant.now())
        .ifPresent(why ->
            LOG.warn(
                "server.tls: the certificate of {} {}: clients will refuse it. Renew it",
                identity.certificate().getSubjectX500Principal(),
                why));
  }

  private void look() {
    int now = files.fingerprint();
    if (now != seen) {
      seen = now;
      unsaid = null;
      reload();
    } else if (unsaid != null) {
      // Not at the first look: the files of a renewal are written one after the other.
      LOG.warn(
          "server.tls: {}. New connections use the certificate that was read before, until the files can be used",
          unsaid);
      unsaid = null;
    }
  }

  private void reload() {
    try {
      loaded = files.load();
    } catch (IOException | RuntimeException e) {
      unsaid = String.valueOf(e.getMessage());
      return;
    }
    Identity identity = loaded.identity();
    LOG.info(
        "server.tls: new connections use the new certificate of {}, valid until {}",
        identity.certificate().getSubjectX500Principal(),
        identity.certificate().getNotAfter().toInstant());
    warnIfOutOfTime(identity);
  }

  /**
   * Adds TLS to a new connection, before all other handlers.
   *
   * @param handshakeSeconds the longest time for the handshake
   */
  public void addTo(ChannelPipeline pipeline, long handshakeSeconds) {
    if (hsts != null) {
      pipeline.channel().attr(HSTS).set(hsts);
    }
    pipeline
        .addLast(new TlsOrPlain(loaded.context(), handshakes, handshakeSeconds))
        .addLast(new PacedEncryption(pipeline.channel()));
  }

  /** Whether a channel's bytes are encrypted, so that all must pass through its pipeline. */
  public static boolean isOn(Channel channel) {
    return channel.pipeline().get(SslHandler.class) != null;
  }

  /** The value of the header Strict-Transport-Security for a channel; null if it gets none. */
  public static @Nullable String hsts(Channel channel) {
    return channel.hasAttr(HSTS) ? channel.attr(HSTS).get() : null;
  }

  /** Stops to look at the files. After the last connection has ended. */
  @Override
  public void close() {
    watch.stop();
    handshakes.shutdownNow();
  }
}
