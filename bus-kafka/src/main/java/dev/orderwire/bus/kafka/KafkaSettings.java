package dev.orderwire.bus.kafka;

import dev.orderwire.change.OrderwireException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where Kafka is, and how to reach it.
 *
 * @param servers the addresses of some brokers
 * @param topic of the records
 * @param timeout of a request, and of all its repeats
 * @param replication of the topics that are created; -1 for the brokers' default
 * @param tables how the topics of tables are made; null if there are none
 * @param library properties of the client library, as the user gave them
 */
record KafkaSettings(
    List<String> servers,
    String topic,
    Duration timeout,
    short replication,
    @Nullable Tables tables,
    Map<String, String> library) {
  /**
   * The topics of tables.
   *
   * @param prefix of their names
   * @param partitions of those that are created
   * @param options of those that are created
   */
  record Tables(String prefix, int partitions, Map<String, String> options) {
    Tables {
      options = Map.copyOf(options);
    }
  }

  /** The brokers' default. */
  static final short DEFAULT_REPLICATION = -1;

  private static final int PORT = 9092;
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");

  KafkaSettings {
    servers = List.copyOf(servers);
    library = Map.copyOf(library);
  }

  /**
   * Reads the settings of a bus.
   *
   * @throws OrderwireException {@code bad_settings} if the address or a property is invalid; the
   *     message has no password
   */
  static KafkaSettings of(URI address, Map<String, String> properties) {
    KafkaProperties given = new KafkaProperties(address, properties);
    return new KafkaSettings(
        servers(address),
        given.topicName("topic", "orderwire"),
        given.duration("timeout", Duration.ofSeconds(5)),
        (short) given.number("kafka.replication", DEFAULT_REPLICATION, Short.MAX_VALUE),
        given.flag("kafka.topics")
            ? new Tables(
                given.topicName("kafka.prefix", "orderwire"),
                given.number("kafka.partitions", 6, 10_000),
                given.options())
            : null,
        given.ofLibrary());
  }

  private static List<String> servers(URI address) {
    String authority = String.valueOf(address.getRawAuthority());
    if (authority.contains("@")) {
      throw KafkaProperties.bad(
          "bus has no place for a user: set security.protocol, sasl.mechanism and sasl.jaas.config in bus.properties");
    }
    String path = address.getRawPath();
    if ((path != null && !path.isEmpty() && !path.equals("/"))
        || address.getRawFragment() != null
        || address.getRawAuthority() == null) {
      throw invalid();
    }
    return Arrays.stream(authority.split(",", -1)).map(KafkaSettings::server).toList();
  }

  private static String server(String text) {
    Matcher matcher = HOST.matcher(text);
    if (!matcher.matches()) {
      throw invalid();
    }
    int port = matcher.group(2) == null ? PORT : Integer.parseInt(matcher.group(2));
    if (port < 1 || port > 65_535) {
      throw invalid();
    }
    return matcher.group(1) + ":" + port;
  }

  private static OrderwireException invalid() {
    return KafkaProperties.bad(
        "bus must be an address such as kafka://HOST:9092,HOST:9092, of some of the brokers");
  }

  /** The address, without properties. */
  @Override
  public String toString() {
    return servers.stream().collect(Collectors.joining(",", "kafka://", ""));
  }
}
