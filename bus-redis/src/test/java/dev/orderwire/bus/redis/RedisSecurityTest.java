package dev.orderwire.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.testing.BusRecords;
import dev.orderwire.testing.PlainClient;
import dev.orderwire.testing.RedisServer;
import dev.orderwire.testing.TestAuthority;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

final class RedisSecurityTest {
  private static final String[] RIGHTS = {
    "ACL", "SETUSER", "shop", "on", ">s3cret/1", "~orderwire", "+xadd", "+xread", "+xinfo"
  };

  @TempDir private Path folder;

  private static URI as(String credentials, RedisServer redis) {
    return URI.create("redis://%s@127.0.0.1:%d".formatted(credentials, redis.port()));
  }

  private static void works(Bus bus) throws InterruptedException {
    try (Bus.Follower follower = bus.follow()) {
      bus.publish(BusRecords.of(1, 1, 2));
      assertThat(BusRecords.take(follower, 2)).hasSize(2);
    } finally {
      bus.close();
    }
  }

  @Test
  void aUserNeedsThreeCommandsAndTheKey() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder)) {
      redis.cli(RIGHTS);
      redis.cli("ACL", "SETUSER", "default", "off");
      works(TestBus.bus(as("shop:s3cret%2F1", redis)));
    }
  }

  /** With the rights that the documentation names, and no others. */
  @Test
  void theRightsOfTheDocumentationSufficeForConnections() {
    try (RedisServer redis = RedisServer.start(folder)) {
      redis.cli(
          ("ACL SETUSER shop on >s3cret ~orderwire:* +set +get +del +pexpire +sadd +srem +smembers"
                  + " +hset +hdel +hlen +hmget +hvals +rpush +blpop")
              .split(" "));
      redis.cli("ACL", "SETUSER", "default", "off");
      try (Servers servers = Servers.two(as("shop:s3cret", redis), Map.of());
          PlainClient one = servers.first().connect("7")) {
        servers.awaitListed("7");
        assertThat(servers.second().admin().kickIdentity("7").closed()).isEqualTo(1);
        assertThat(one.closeCode()).isEqualTo(4403);
        servers.awaitListed();
        assertThat(servers.first().problem()).isEmpty();
      }
    }
  }

  @Test
  void thePasswordMayBeAProperty() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder)) {
      redis.cli(RIGHTS);
      redis.cli("ACL", "SETUSER", "default", "off");
      works(TestBus.bus(redis.address(), Map.of("username", "shop", "password", "s3cret/1")));
    }
  }

  @Test
  void theDefaultUserMayHaveAPassword() throws InterruptedException {
    try (RedisServer redis = RedisServer.start(folder, "--requirepass", "s3cret")) {
      works(TestBus.bus(as(":s3cret", redis)));
    }
  }

  @Test
  void aMissingRightIsNamed() {
    try (RedisServer redis = RedisServer.start(folder)) {
      redis.cli("ACL", "SETUSER", "shop", "on", ">s3cret", "~other", "+xadd");
      try (Bus bus = TestBus.bus(as("shop:s3cret", redis))) {
        assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1, 1)))
            .isInstanceOf(BusException.class)
            .hasMessageContaining("NOPERM");
      }
    }
  }

  /**
   * In no message of any cause, and no line that Lettuce logs; at TRACE it logs every byte it
   * sends.
   */
  @Test
  void noMessageHasThePassword() {
    Queue<String> said = new ConcurrentLinkedQueue<>();
    Logger lettuce = (Logger) LoggerFactory.getLogger("io.lettuce");
    var appender =
        new AppenderBase<ILoggingEvent>() {
          @Override
          protected void append(ILoggingEvent event) {
            said.add(event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
              said.add(String.valueOf(event.getThrowableProxy().getMessage()));
            }
          }
        };
    appender.start();
    Level before = lettuce.getLevel();
    lettuce.setLevel(Level.DEBUG);
    lettuce.setAdditive(false);
    lettuce.addAppender(appender);
    try (RedisServer redis = RedisServer.start(folder, "--requirepass", "right");
        Bus bus = TestBus.bus(as("shop:hunter2", redis), Map.of("sentinelPassword", "hunter2"));
        Bus sentinel =
            TestBus.bus(
                URI.create(
                    "redis-sentinel://shop:hunter2@127.0.0.1:%d#orders"
                        .formatted(RedisServer.freePort())))) {
      for (Bus each : new Bus[] {bus, sentinel}) {
        said.add(each.toString());
        Throwable failure = catchThrowable(() -> each.publish(BusRecords.of(1, 1, 1)));
        assertThat(failure).isInstanceOf(BusException.class);
        var trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        said.add(trace.toString());
      }
      assertThat(said).hasSizeGreaterThan(10).anyMatch(each -> each.contains("WRONGPASS"));
      assertThat(said).noneMatch(each -> each.contains("hunter2"));
    } finally {
      lettuce.detachAppender(appender);
      lettuce.setAdditive(true);
      lettuce.setLevel(before);
    }
  }

  @Test
  void tlsWithAnAuthorityOfItsOwnAndACertificateOfTheClient() throws InterruptedException {
    TestAuthority authority = new TestAuthority(folder, "authority");
    TestAuthority.Issued server = authority.issue("redis", "ip:127.0.0.1");
    TestAuthority.Issued client = authority.issue("gateway", "dns:gateway");
    try (RedisServer redis = tls(authority, server, "yes")) {
      URI address = URI.create("rediss://127.0.0.1:" + redis.port());
      works(
          TestBus.bus(
              address,
              Map.of(
                  "cacert", authority.certificate().toString(),
                  "cert", client.certificate().toString(),
                  "key", client.key().toString())));
      try (Bus bus = TestBus.bus(address, Map.of("cacert", authority.certificate().toString()))) {
        assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 3, 3)))
            .isInstanceOf(BusException.class);
      }
    }
  }

  @Test
  void aCertificateIsChecked() throws InterruptedException {
    TestAuthority authority = new TestAuthority(folder, "authority");
    TestAuthority other = new TestAuthority(folder, "other");
    try (RedisServer redis = tls(authority, authority.issue("redis", "ip:127.0.0.9"), "no")) {
      URI address = URI.create("rediss://127.0.0.1:" + redis.port());
      String trusted = authority.certificate().toString();
      refused(address, Map.of());
      refused(address, Map.of("cacert", other.certificate().toString(), "verifyPeer", "CA"));
      refused(address, Map.of("cacert", trusted));
      works(TestBus.bus(address, Map.of("cacert", trusted, "verifyPeer", "CA")));
      redis.cli("--tls", "--cacert", trusted, "DEL", "orderwire");
      works(TestBus.bus(address, Map.of("verifyPeer", "none")));
    }
  }

  private static void refused(URI address, Map<String, String> properties) {
    try (Bus bus = TestBus.bus(address, properties)) {
      assertThatThrownBy(() -> bus.publish(BusRecords.of(1, 1, 1)))
          .isInstanceOf(BusException.class)
          .hasStackTraceContaining("SSLHandshakeException");
    }
  }

  private RedisServer tls(TestAuthority authority, TestAuthority.Issued server, String clients) {
    return RedisServer.startTls(
        folder,
        "--tls-cert-file",
        server.certificate().toString(),
        "--tls-key-file",
        server.key().toString(),
        "--tls-ca-cert-file",
        authority.certificate().toString(),
        "--tls-auth-clients",
        clients);
  }
}
