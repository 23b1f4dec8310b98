package dev.orderwire.auth;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of a {@link JwksServer}, kept for a while.
 *
 * <p>Keys are fresh for {@link #FRESH}. Older ones are renewed, and serve on if the server cannot
 * be asked, but not beyond {@link #USABLE}: a key that the issuer has withdrawn must end some time.
 * An unknown key renews them at once. Whatever clients send, the server is asked at most once in
 * {@link #PAUSE}.
 */
final class JwksKeys implements SigningKeys {
  static final Duration FRESH = Duration.ofMinutes(5);
  static final Duration USABLE = Duration.ofHours(1);
  static final Duration PAUSE = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(JwksKeys.class);

  private record Known(List<JwksKey> keys, Instant since) {}

  private final JwksServer server;
  private final InstantSource clock;
  private final ReentrantLock asking = new ReentrantLock();

  private volatile Known known = new Known(List.of(), Instant.EPOCH);

  /** When the server was last asked. Held by {@link #asking}, as is the next one. */
  private Instant asked = Instant.EPOCH;

  private boolean failing;

  JwksKeys(JwksServer server, InstantSource clock) {
    this.server = server;
    this.clock = clock;
  }

  @Override
  public List<Key> fitting(Algorithm algorithm, Optional<String> kid) {
    List<Key> keys = usable(algorithm, kid);
    if (keys.isEmpty()) {
      boolean renewed = renew();
      keys = usable(algorithm, kid);
      if (keys.isEmpty() && !renewed) {
        throw unavailable();
      }
      return keys;
    }
    if (isWithin(FRESH, known.since()) || !asking.tryLock()) {
      return keys;
    }
    try {
      askIfAllowed();
    } finally {
      asking.unlock();
    }
    return usable(algorithm, kid);
  }

  private List<Key> usable(Algorithm algorithm, Optional<String> kid) {
    Known now = known;
    return isWithin(USABLE, now.since())
        ? now.keys().stream()
            .filter(key -> key.fits(algorithm, kid))
            .map(key -> (Key) key.key())
            .toList()
        : List.of();
  }

  /** Whether the keys were read while this call waited. */
  private boolean renew() {
    Known before = known;
    asking.lock();
    try {
      if (before.equals(known)) {
        askIfAllowed();
      }
      return !before.equals(known);
    } finally {
      asking.unlock();
    }
  }

  private void askIfAllowed() {
    if (isWithin(PAUSE, asked)) {
      return;
    }
    asked = clock.instant();
    try {
      known = new Known(server.keys(), asked);
      if (failing) {
        failing = false;
        LOG.info("auth.jwt.jwks: {} answers again", server);
      }
    } catch (IOException e) {
      if (!failing) {
        failing = true;
        LOG.warn(
            "auth.jwt.jwks: {}: {}. Known keys serve for up to {} minutes",
            server,
            e.getMessage(),
            USABLE.toMinutes());
      }
    }
  }

  /** Not so if the clock was set back, so that nothing lasts longer by it. */
  private boolean isWithin(Duration time, Instant since) {
    Duration age = Duration.between(since, clock.instant());
    return !age.isNegative() && age.compareTo(time) < 0;
  }

  private static OrderwireException unavailable() {
    return new OrderwireException(
        ErrorCode.IDENTITY_UNAVAILABLE,
        "the keys of the token's issuer cannot be read now: try again in some seconds");
  }
}
