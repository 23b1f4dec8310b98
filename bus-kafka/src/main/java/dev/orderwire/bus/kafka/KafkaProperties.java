package dev.orderwire.bus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings {@code bus.properties}, and those in the query of the address. Where both have a
 * name, {@code bus.properties} wins. What is not Orderwire's own goes to Kafka's client library.
 */
final class KafkaProperties {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaProperties.class);

  /** The settings {@code kafka}, as the server hands them on. */
  private static final String SETTINGS = "kafka.";

  private static final String OPTIONS = SETTINGS + "options.";

  private static final Set<String> OWN = Set.of("topic", "timeout");

  /** What the bus depends on. */
  private static final Set<String> FIXED =
      Set.of(
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG);

  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,200}");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|)");
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Map<String, String> values = new HashMap<>();

  /**
   * @throws OrderwireException if a property cannot be set
   */
  KafkaProperties(URI address, Map<String, String> properties) {
    String query = address.getRawQuery();
    if (query != null) {
      for (String each : query.split("&", -1)) {
        int equals = each.indexOf('=');
        values.put(
            decoded(equals < 0 ? each : each.substring(0, equals)),
            equals < 0 ? "" : decoded(each.substring(equals + 1)));
      }
    }
    values.putAll(properties);
    Set<String> known = new TreeSet<>(ProducerConfig.configNames());
    known.addAll(ConsumerConfig.configNames());
    known.addAll(AdminClientConfig.configNames());
    for (String name : values.keySet()) {
      if (FIXED.contains(name)) {
        throw bad("%s is set by Orderwire itself: remove it".formatted(name));
      }
      if (!OWN.contains(name) && !name.startsWith(SETTINGS) && !known.contains(name)) {
        // It may be one of a class that the user adds, such as a callback handler.
        LOG.warn(
            "bus.properties: {} is neither a property of Kafka's clients nor one of {}",
            name,
            new TreeSet<>(OWN));
      }
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  static OrderwireException bad(String message) {
    return new OrderwireException(ErrorCode.BAD_SETTINGS, "bus.properties: " + message);
  }

  /** What is not Orderwire's own. */
  Map<String, String> ofLibrary() {
    Map<String, String> others = new HashMap<>(values);
    others.keySet().removeAll(OWN);
    others.keySet().removeIf(name -> name.startsWith(SETTINGS));
    return others;
  }

  /** The options of the topics of tables. */
  Map<String, String> options() {
    Map<String, String> options = new HashMap<>();
    values.forEach((name, value) -> {
      if (name.startsWith(OPTIONS)) {
        options.put(name.substring(OPTIONS.length()), value);
      }
    });
    return options;
  }

  boolean flag(String name) {
    return text(name).equals("true");
  }

  private String text(String name) {
    return values.getOrDefault(name, "");
  }

  String topicName(String name, String otherwise) {
    String value = text(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    if (!TOPIC.matcher(value).matches() || value.equals(".") || value.equals("..")) {
      throw invalid(name, "a topic's name of A-Z a-z 0-9 . _ -, at most 200 of them", value);
    }
    return value;
  }

  int number(String name, int otherwise, int most) {
    String value = text(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw invalid(name, "a number from 1 to " + most, value);
  }

  /** A time such as 2s or 500ms; without a unit, milliseconds. */
  Duration duration(String name, Duration otherwise) {
    String value = text(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    Matcher matcher = DURATION.matcher(value);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofMillis(amount);
          };
      if (duration.toMillis() >= 1 && duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
    }
    throw invalid(name, "a time such as 2s or 500ms, at most 10m", value);
  }

  private static OrderwireException invalid(String name, String expected, String found) {
    return bad("%s is %s; found \"%s\"".formatted(name, expected, found));
  }
}
