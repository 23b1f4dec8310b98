package dev.orderwire.bus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.bus.Bus;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.testing.LogLines;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KafkaSettingsTest {
  private static KafkaSettings of(String address, Map<String, String> properties) {
    return KafkaSettings.of(URI.create(address), properties);
  }

  private static void refused(String message, String address, Map<String, String> properties) {
    assertThatThrownBy(
            () -> {
              try (Bus bus = new KafkaBusProvider().open(URI.create(address), properties)) {
                throw new AssertionError("opened: " + bus);
              }
            })
        .isInstanceOfSatisfying(
            OrderwireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SETTINGS))
        .hasMessageContaining(message)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void addresses() {
    assertThat(of("kafka://one:1234", Map.of()).servers()).containsExactly("one:1234");
    assertThat(of("kafka://one,two.shop.example:9093", Map.of()).servers())
        .containsExactly("one:9092", "two.shop.example:9093");
    assertThat(of("kafka://[::1]", Map.of()).servers()).containsExactly("[::1]:9092");
    assertThat(of("kafka://one,two:1/?topic=t", Map.of())).hasToString("kafka://one:9092,two:1");
    refused("kafka://HOST:9092", "kafka:one", Map.of());
    refused("kafka://HOST:9092", "kafka://one/topic", Map.of());
    refused("kafka://HOST:9092", "kafka://one,,two", Map.of());
    refused("kafka://HOST:9092", "kafka://one:99999", Map.of());
    refused("no place for a user", "kafka://shop:hunter2@one", Map.of());
  }

  @Test
  void ownPropertiesAndThoseOfTheLibrary() {
    KafkaSettings settings =
        of(
            "kafka://one?topic=first&timeout=2s",
            Map.of("topic", "second", "kafka.replication", "3", "security.protocol", "SSL"));
    assertThat(settings.topic()).isEqualTo("second");
    assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.replication()).isEqualTo((short) 3);
    assertThat(settings.library()).containsExactly(Map.entry("security.protocol", "SSL"));
    KafkaSettings plain = of("kafka://one", Map.of());
    assertThat(plain.topic()).isEqualTo("orderwire");
    assertThat(plain.replication()).isEqualTo(KafkaSettings.DEFAULT_REPLICATION);
    refused("topic is a topic's name", "kafka://one", Map.of("topic", "a topic"));
    refused("timeout is a time", "kafka://one", Map.of("timeout", "1d"));
    refused("timeout is a time", "kafka://one", Map.of("timeout", "0"));
    refused("kafka.replication is a number", "kafka://one", Map.of("kafka.replication", "0"));
  }

  @Test
  void whatTheLibraryRefusesIsSaidAtOnce() {
    refused("security.protocol", "kafka://one", Map.of("security.protocol", "hunter"));
    refused("batch.size", "kafka://one", Map.of("batch.size", "many"));
    refused("fetch.max.bytes", "kafka://one", Map.of("fetch.max.bytes", "many"));
  }

  @Test
  void whatTheBusDependsOnCannotBeSet() {
    for (String name : new String[] {"acks", "enable.idempotence", "auto.offset.reset"}) {
      refused(name + " is set by Orderwire itself", "kafka://one", Map.of(name, "1"));
    }
  }

  @Test
  void anUnknownPropertyIsHandedOnWithAWarning() {
    try (LogLines lines = new LogLines("dev.orderwire.bus.kafka")) {
      assertThat(of("kafka://one", Map.of("sasl.jass.config", "x")).library())
          .containsKey("sasl.jass.config");
      assertThat(lines.all())
          .hasSize(1)
          .first()
          .asString()
          .contains("sasl.jass.config is neither a property of Kafka's clients nor one of");
    }
  }
}
