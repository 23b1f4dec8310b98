package dev.orderwire.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RedisSettingsTest {
  private static RedisSettings of(String address, String... properties) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < properties.length; i += 2) {
      map.put(properties[i], properties[i + 1]);
    }
    return RedisSettings.ofBus(URI.create(address), map);
  }

  private static void refused(String message, String address, String... properties) {
    assertThatThrownBy(() -> of(address, properties))
        .isInstanceOfSatisfying(
            OrderwireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SETTINGS))
        .hasMessageContaining(message)
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }

  @Test
  void defaults() {
    RedisSettings settings = of("redis://example.org");
    assertThat(settings.key()).isEqualTo("orderwire");
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.cluster()).isFalse();
    assertThat(settings).hasToString("redis://example.org:6379");
  }

  @Test
  void theSettingsOfAClusterHaveAPrefixInsteadOfAStream() {
    URI address = URI.create("redis://h?timeout=1s");
    assertThat(RedisSettings.ofCluster(address, Map.of()).key()).isEqualTo("orderwire");
    assertThat(RedisSettings.ofCluster(address, Map.of("prefix", "shop")).key()).isEqualTo("shop");
    assertThatThrownBy(() -> RedisSettings.ofCluster(address, Map.of("stream", "shop")))
        .hasMessageStartingWith("cluster.properties: there is no property stream for Redis, only")
        .hasMessageContaining("prefix");
    assertThatThrownBy(() -> RedisSettings.ofCluster(URI.create("redis:hunter2"), Map.of()))
        .hasMessageStartingWith("cluster is no valid address")
        .hasMessageContaining("cluster.properties.password");
    refused("there is no property prefix", "redis://h", "prefix", "shop");
  }

  @Test
  void propertiesWinOverTheQuery() {
    RedisSettings settings =
        of("redis://h:1/4?timeout=5s&stream=a%26b&clientName=x", "clientName", "y");
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.key()).isEqualTo("a&b");
    assertThat(settings.addresses().getFirst().getClientName()).isEqualTo("y");
    assertThat(settings.addresses().getFirst().getDatabase()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"2s,2000", "1500ms,1500", "700,700", "1m,60000"})
  void timesAreWrittenAsForLettuce(String text, long millis) {
    assertThat(of("redis://h", "timeout", text).timeout()).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void anUnknownPropertyIsRefusedWithTheKnownOnes() {
    refused(
        "there is no property colour for Redis, only stream, cluster",
        "redis://h",
        "colour",
        "red");
    refused("there is no property maxWait", "redis://h?maxWait=1");
  }

  @Test
  void invalidValuesAreRefused() {
    refused("timeout is a time such as 2s", "redis://h", "timeout", "soon");
    refused("timeout is a time from", "redis://h", "timeout", "0");
    refused("timeout is a time from", "redis://h", "timeout", "999999999h");
    refused("database is a number; found \"-1\"", "redis://h", "database", "-1");
    refused("cluster is true or false", "redis://h", "cluster", "yes");
    refused("verifyPeer is one of [NONE, CA, FULL]", "rediss://h", "verifyPeer", "some");
    refused("username needs password", "redis://h", "username", "shop");
    refused("cert and key need each other", "rediss://h", "cert", "a.pem");
    refused("cacert is for TLS", "redis://h", "cacert", "a.pem");
    refused("a cluster has no database", "redis://h/3", "cluster", "true");
    refused("several hosts are nodes of a cluster", "redis://a,b");
    refused("a cluster has no Sentinel", "redis-sentinel://h#m", "cluster", "true");
    refused("Sentinel needs the master's name", "redis-sentinel://h");
  }

  @Test
  void aMissingFileIsRefused(@TempDir Path folder) {
    refused("there is no file", "rediss://h", "cacert", folder.resolve("none.pem").toString());
  }

  /** Such as a password with a slash that is not escaped. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://shop:hunter2/x@h:1",
        "redis://:hunter2@",
        "redis:hunter2",
        "redis://h/hunter2",
        "redis-sentinel://shop:hunter2/x@h#m",
        "redis://shop:hunter2@a:1,b:hunter2"
      })
  void aBadAddressIsRefusedWithoutItsPassword(String address) {
    refused("bus is no valid address", address);
  }

  @Test
  void sentinelsAndNodesAreNamed() {
    assertThat(of("redis-sentinel://u:hunter2@a:1,b/2", "sentinelMasterId", "orders"))
        .hasToString("redis-sentinel://a:1,b:26379#orders");
    RedisSettings cluster = of("rediss://u:hunter2@a:1,b:2", "cluster", "true");
    assertThat(cluster).hasToString("rediss://a:1,b:2");
    assertThat(cluster.addresses()).allMatch(each -> each.isSsl());
    assertThat(of("redis://u:hunter2@my_host:7/2")).hasToString("redis://my_host:7");
  }
}
