package dev.orderwire.bus.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings {@code bus.properties} or {@code cluster.properties}, and those in the query of the
 * address. Where both set the same property, the properties win. Settings of Lettuce have Lettuce's
 * names. Settings for files have the names of the options of redis-cli.
 */
final class RedisProperties {
  private static final List<String> KNOWN =
      List.of(
          "cluster",
          "timeout",
          "database",
          "clientName",
          "username",
          "password",
          "sentinelMasterId",
          "sentinelUsername",
          "sentinelPassword",
          "verifyPeer",
          "cacert",
          "cert",
          "key");

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|)");
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Map<String, String> values = new HashMap<>();
  private final String setting;

  /**
   * @param setting that has the address
   * @param key the name of the one property that the other setting does not have
   * @throws OrderwireException if a name is unknown
   */
  RedisProperties(String setting, String key, URI address, Map<String, String> properties) {
    this.setting = setting;
    String query = address.getRawQuery();
    if (query != null) {
      for (String each : query.split("[&;]", -1)) {
        int equals = each.indexOf('=');
        values.put(
            decoded(equals < 0 ? each : each.substring(0, equals)),
            equals < 0 ? "" : decoded(each.substring(equals + 1)));
      }
    }
    values.putAll(properties);
    for (String name : values.keySet()) {
      if (!name.equals(key) && !KNOWN.contains(name)) {
        throw bad(
            "there is no property %s for Redis, only %s, %s"
                .formatted(name, key, String.join(", ", KNOWN)));
      }
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  /** The setting that has the address. */
  String setting() {
    return setting;
  }

  OrderwireException bad(String message) {
    return new OrderwireException(ErrorCode.BAD_SETTINGS, setting + ".properties: " + message);
  }

  /** A value, if it is set and not empty. */
  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }

  Optional<Path> file(String name) {
    return text(name).map(Path::of);
  }

  boolean flag(String name) {
    String value = text(name).orElse("false");
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw invalid(name, "true or false", value);
    };
  }

  Optional<Integer> number(String name) {
    return text(name)
        .map(value -> {
          try {
            return Integer.parseUnsignedInt(value);
          } catch (NumberFormatException e) {
            throw invalid(name, "a number", value);
          }
        });
  }

  /** A time such as 2s or 500ms; without a unit, milliseconds. */
  Duration duration(String name, Duration otherwise) {
    return text(name)
        .map(value -> {
          Matcher matcher = DURATION.matcher(value);
          if (!matcher.matches()) {
            throw invalid(name, "a time such as 2s or 500ms", value);
          }
          long amount = Long.parseLong(matcher.group(1));
          Duration duration =
              switch (matcher.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofMillis(amount);
              };
          if (duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw invalid(name, "a time from 1ms to 10m", value);
          }
          return duration;
        })
        .orElse(otherwise);
  }

  /** One of an enum's constants, in any case. */
  <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
    List<E> all = Arrays.asList(type.getEnumConstants());
    return text(name)
        .map(value ->
            all.stream()
                .filter(each -> each.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> invalid(name, "one of " + all, value)));
  }

  private OrderwireException invalid(String name, String expected, String found) {
    return bad("%s is %s; found \"%s\"".formatted(name, expected, found));
  }
}
