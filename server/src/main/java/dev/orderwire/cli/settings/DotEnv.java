package dev.orderwire.cli.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a {@code .env} file: lines of {@code NAME=value}, with or without {@code export} in front.
 * Text in single quotes is literal. In double quotes, {@code \n \t \" \\} have their usual meaning.
 * Without quotes, a comment begins at a {@code #} after white space, so a password may contain a
 * {@code #}. Variables are not expanded.
 *
 * <p>This is not a library, since those available cut an unquoted value at any {@code #}, which
 * makes a password silently wrong, and give no line numbers. See docs/decisions.md.
 */
final class DotEnv {
  private static final Pattern LINE =
      Pattern.compile(
          "\\s*(?:export\\s+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*"
              + "(?:'(?<single>[^']*)'|\"(?<double>(?:[^\"\\\\]|\\\\.)*)\"|(?<plain>(?:[^\\s'\"#]|(?<!\\s)#).*?|))"
              + "\\s*(?:(?<=\\s|['\"])#.*)?");

  private DotEnv() {}

  /**
   * @param file the file's name, for messages
   */
  static Map<String, RawValue> read(String text, String file, Problems problems) {
    Map<String, RawValue> variables = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      Matcher parts = LINE.matcher(line);
      if (parts.matches()) {
        String name = parts.group("name");
        variables.put(
            name, RawValue.text(value(parts), "%s in %s line %d".formatted(name, file, number)));
      } else {
        // Without the line itself, which may contain a password.
        problems.add("%s line %d must be NAME=value".formatted(file, number));
      }
    }
    return variables;
  }

  private static String value(Matcher parts) {
    if (parts.group("single") != null) {
      return parts.group("single");
    }
    return parts.group("double") != null ? unescaped(parts.group("double")) : parts.group("plain");
  }

  private static String unescaped(String text) {
    return Pattern.compile("\\\\(.)")
        .matcher(text)
        .replaceAll(escape ->
            Matcher.quoteReplacement(
                switch (escape.group(1)) {
                  case "n" -> "\n";
                  case "t" -> "\t";
                  default -> escape.group(1);
                }));
  }
}
