package dev.orderwire.cli.settings;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfigurationPageTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "configuration.md");

  @Test
  void theReferenceDescribesEverySettingAsTheCodeDoes() throws IOException {
    List<String> rows =
        Files.readAllLines(PAGE).stream()
            .dropWhile(line -> !line.equals("## All settings"))
            .skip(1)
            .takeWhile(line -> !line.startsWith("## "))
            .filter(line -> line.startsWith("| `"))
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(Key.all().stream().map(ConfigurationPageTest::row).toList());
  }

  private static String row(Key key) {
    String defaultValue = key.defaultValue().isEmpty() ? "" : code(key.defaultValue());
    return "| %s | %s | %s | %s |"
        .formatted(
            code(key.name()),
            key.variables().stream().map(ConfigurationPageTest::code).collect(joining(", ")),
            defaultValue,
            key.description());
  }

  private static String code(String text) {
    return "`" + text + "`";
  }
}
