package dev.orderwire.cli.settings;

import dev.orderwire.cli.settings.RawValue.Content;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Converts the user's text into values of the setting's type. */
final class Values {
  private Values() {}

  /**
   * @throws IllegalArgumentException with what the value must be and what it is; the message
   *     continues the setting's name
   */
  static Object convert(Content content, Class<?> type, Setting setting) {
    if (type == List.class) {
      return list(content);
    }
    if (type == JsonNode.class) {
      return tree(content);
    }
    if (!(content instanceof Content.Text(String text))) {
      throw new IllegalArgumentException("must be one value, not a list");
    }
    if (type == int.class) {
      return (int) number(text, setting);
    }
    if (type == long.class) {
      return number(text, setting);
    }
    return type == boolean.class ? (Object) bool(text) : text;
  }

  private static JsonNode tree(Content content) {
    if (content instanceof Content.Tree(JsonNode json)) {
      return json;
    }
    if (content instanceof Content.Text(String text) && text.isEmpty()) {
      return JsonMapper.shared().createObjectNode();
    }
    throw new IllegalArgumentException("must be a map");
  }

  /** Converts a list, or one text with items separated by commas. */
  static List<String> list(Content content) {
    return switch (content) {
      case Content.Items(List<String> texts) -> texts;
      case Content.Text(String text) ->
          Arrays.stream(text.split(",", -1))
              .map(String::strip)
              .filter(item -> !item.isEmpty())
              .toList();
      case Content.Empty() -> List.of();
      case Content.Tree(JsonNode json) ->
          throw new IllegalArgumentException("must be a list, not " + json);
    };
  }

  private static long number(String text, Setting setting) {
    try {
      long number = Long.parseLong(text.strip());
      if (number >= setting.min() && number <= setting.max()) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number out of range.
    }
    String bounds =
        setting.max() == Long.MAX_VALUE
            ? "%d or more".formatted(setting.min())
            : "%d to %d".formatted(setting.min(), setting.max());
    throw new IllegalArgumentException(
        "must be a whole number, %s, not '%s'".formatted(bounds, text));
  }

  private static boolean bool(String text) {
    return switch (text.strip()) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException("must be true or false, not '%s'".formatted(text));
    };
  }
}
