package dev.orderwire.cli.settings;

import dev.orderwire.cli.settings.Given.Content;
import java.util.Arrays;
import java.util.List;

/** What was written, as a value of a setting's type. */
final class Values {
  private Values() {}

  /**
   * @throws IllegalArgumentException saying, after the setting's name, what it must be and what was
   *     found
   */
  static Object convert(Content content, Class<?> type, Setting setting) {
    if (type == List.class) {
      return list(content);
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
    return type == boolean.class ? (Object) truth(text) : text;
  }

  /** A list, or one text with commas between the items. */
  static List<String> list(Content content) {
    return switch (content) {
      case Content.Items(List<String> texts) -> texts;
      case Content.Text(String text) ->
          Arrays.stream(text.split(",", -1))
              .map(String::strip)
              .filter(item -> !item.isEmpty())
              .toList();
      case Content.Nothing() -> List.of();
    };
  }

  private static long number(String text, Setting setting) {
    try {
      long number = Long.parseLong(text.strip());
      if (number >= setting.min() && number <= setting.max()) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of bounds.
    }
    String bounds =
        setting.max() == Long.MAX_VALUE
            ? "%d or more".formatted(setting.min())
            : "%d to %d".formatted(setting.min(), setting.max());
    throw new IllegalArgumentException(
        "must be a whole number, %s, not '%s'".formatted(bounds, text));
  }

  private static boolean truth(String text) {
    return switch (text.strip()) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException("must be true or false, not '%s'".formatted(text));
    };
  }
}
