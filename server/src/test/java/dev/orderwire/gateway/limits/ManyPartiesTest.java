package dev.orderwire.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.orderwire.auth.Identity;
import dev.orderwire.gateway.CountingTraffic;
import dev.orderwire.gateway.FeedGateway;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.proxy.Peer;
import io.github.bucket4j.TimeMeter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Time, memory and garbage of the counters. */
class ManyPartiesTest {
  private static final class SetTime implements TimeMeter {
    private long nanos;

    void pass(Duration time) {
      nanos += time.toNanos();
    }

    @Override
    public long currentTimeNanos() {
      return nanos;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }

  private final SetTime time = new SetTime();

  private Limits limits(Map<Limit, Long> limits) {
    return new Limits(
        FeedGateway.options(Duration.ofHours(1), Set.of(), limits), new CountingTraffic(), time);
  }

  private static Peer peer(String address) {
    try {
      return new Peer(InetAddress.getByName(address), false);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static boolean isAdmitted(Allowance allowance) {
    try {
      allowance.request(null);
      return true;
    } catch (RuntimeException _) {
      return false;
    }
  }

  private static int admitted(Limits limits, List<String> addresses) {
    int admitted = 0;
    for (String address : addresses) {
      Allowance allowance = limits.connection(peer(address));
      admitted += isAdmitted(allowance) ? 1 : 0;
      allowance.end();
    }
    return admitted;
  }

  @Test
  void anAddressThatRestsMayOpenAsManyAgain() {
    Limits limits = limits(Map.of(Limit.ADDRESS_OPENINGS, 2L));
    List<String> many = Collections.nCopies(100, "192.0.2.1");
    assertThat(admitted(limits, many)).isEqualTo(20);
    time.pass(Duration.ofSeconds(1));
    assertThat(admitted(limits, many)).isEqualTo(2);
    time.pass(Duration.ofSeconds(9));
    assertThat(admitted(limits, many)).isEqualTo(18);
    time.pass(Duration.ofSeconds(30));
    assertThat(admitted(limits, many)).isEqualTo(20);
  }

  @Test
  void theAddressesOfAnIpv6NetworkCountAsOne() {
    Limits limits = limits(Map.of(Limit.ADDRESS_CONNECTIONS, 1L));
    assertThat(isAdmitted(limits.connection(peer("2001:db8:1:2::1")))).isTrue();
    assertThat(isAdmitted(limits.connection(peer("2001:db8:1:2:ffff::1")))).isFalse();
    assertThat(isAdmitted(limits.connection(peer("2001:db8:1:3::1")))).isTrue();
    assertThat(isAdmitted(limits.connection(peer("192.0.2.1")))).isTrue();
    assertThat(isAdmitted(limits.connection(peer("::ffff:192.0.2.1")))).isFalse();
  }

  @Test
  void addressesThatComeAndGoAreForgotten() {
    Limits limits = limits(Map.of());
    try (Held held = new Held(limits)) {
      for (int i = 0; i < 200_000; i++) {
        limits.connection(peer("10.%d.%d.%d".formatted(i >> 16, (i >> 8) & 255, i & 255))).end();
        limits.request(new Identity("customer " + i, Map.of(), List.of(), null, null));
      }
      assertThat(limits.known()).isLessThanOrEqualTo(4 * (Parties.MOST_RESTING + 1));
      assertThat(isAdmitted(held.allowance)).isTrue();
    }
    time.pass(Duration.ofSeconds(30));
    limits.connection(peer("192.0.2.1")).end();
    limits.request(new Identity("Ann", Map.of(), List.of(), null, null));
    assertThat(limits.known()).isEqualTo(2);
  }

  /** A connection that stays while others come and go. */
  private static final class Held implements AutoCloseable {
    private final Allowance allowance;

    Held(Limits limits) {
      allowance = limits.connection(peer("192.0.2.77"));
    }

    @Override
    public void close() {
      allowance.end();
    }
  }

  @Test
  void whatAConnectionTookIsGivenBackOnce() {
    Limits limits = limits(Map.of(Limit.IDENTITY_CONNECTIONS, 1L, Limit.ADDRESS_CONNECTIONS, 1L));
    Identity ann = new Identity("Ann", Map.of(), List.of(), null, null);
    for (int i = 0; i < 3; i++) {
      Allowance first = limits.connection(peer("192.0.2.1"));
      first.open(null, ann);
      Allowance second = limits.connection(peer("192.0.2.2"));
      assertThatThrownBy(() -> second.open(null, ann)).hasMessageContaining("of one identity");
      Allowance third = limits.connection(peer("192.0.2.1"));
      assertThatThrownBy(() -> third.request(null)).hasMessageContaining("of one address");
      for (Allowance each : List.of(first, second, third, third)) {
        each.end();
      }
    }
  }

  /** The worst case: each connection has an address of its own, and has sent a frame. */
  @Test
  void aConnectionTakesLittleMemory() {
    Limits limits = limits(Map.of());
    List<Allowance> open = new ArrayList<>();
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      peers.add(peer("10.0.%d.%d".formatted(i >> 8, i & 255)));
    }
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int i = 0; i < peers.size(); i++) {
      if (i == 10_000) {
        before = thread.getCurrentThreadAllocatedBytes();
      }
      Allowance allowance = limits.connection(peers.get(i));
      allowance.frame();
      open.add(allowance);
    }
    long bytes = (thread.getCurrentThreadAllocatedBytes() - before) / 10_000;
    assertThat(bytes).as("bytes allocated a connection, garbage included").isLessThan(1_100);
    open.forEach(Allowance::end);
  }

  /** The buckets of an address are shared by threads, and copied to be changed: some 100 bytes. */
  @Test
  void aFrameMakesLittleGarbage() {
    Limits limits = limits(Map.of(Limit.FRAMES, 1_000_000L, Limit.ADDRESS_REQUESTS, 1_000_000L));
    Allowance allowance = limits.connection(peer("192.0.2.1"));
    for (int i = 0; i < 20_000; i++) {
      allowance.frame();
    }
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      allowance.frame();
    }
    assertThat((thread.getCurrentThreadAllocatedBytes() - before) / 10_000)
        .as("bytes a frame")
        .isLessThan(200);
    allowance.end();
  }
}
