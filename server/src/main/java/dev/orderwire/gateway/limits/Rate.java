package dev.orderwire.gateway.limits;

import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketListener;
import io.github.bucket4j.MathType;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.local.LockFreeBucket;
import io.github.bucket4j.local.ThreadUnsafeBucket;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limit in a second, kept on average over {@link #SECONDS}: those of so many seconds may come at
 * once, as when all clients return after a restart. Its buckets share their configuration. Safe for
 * any number of threads.
 */
final class Rate {
  static final int SECONDS = 10;

  private final BucketConfiguration configuration;
  private final TimeMeter clock;

  private Rate(long inASecond, TimeMeter clock) {
    this.configuration =
        new BucketConfiguration(
            List.of(
                Bandwidth.builder()
                    .capacity(inASecond * SECONDS)
                    .refillGreedy(inASecond, Duration.ofSeconds(1))
                    .build()));
    this.clock = clock;
  }

  /** The rate of a limit; null if the limit is off. */
  static @Nullable Rate of(GatewayOptions options, Limit limit, TimeMeter clock) {
    return options.isOn(limit) ? new Rate(options.limit(limit), clock) : null;
  }

  /** A full bucket for any number of threads; null without a rate. */
  static @Nullable Bucket shared(@Nullable Rate rate) {
    return rate == null
        ? null
        : new LockFreeBucket(
            rate.configuration, MathType.INTEGER_64_BITS, rate.clock, BucketListener.NOPE);
  }

  /** A full bucket for one thread, which makes no garbage; null without a rate. */
  static @Nullable Bucket ofOneThread(@Nullable Rate rate) {
    return rate == null
        ? null
        : new ThreadUnsafeBucket(
            rate.configuration, MathType.INTEGER_64_BITS, rate.clock, BucketListener.NOPE);
  }

  /** Takes one of a bucket. Returns false if it is empty. */
  static boolean take(@Nullable Bucket bucket) {
    return bucket == null || bucket.tryConsume(1);
  }
}
