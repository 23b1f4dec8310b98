package dev.orderwire.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class ProtocolPageTest {
  private static final Path REFERENCE = Path.of("..", "docs", "reference");

  @Test
  void theReferenceHasEveryCloseCodeWithItsSentence() throws IOException {
    assertThat(twoCellsOfRowsThatBeginWith("[0-9]{4}", "protocol.md"))
        .containsExactlyElementsOf(
            Arrays.stream(CloseReason.values())
                .map(reason -> "| %d | %s |".formatted(reason.code(), reason.sentence()))
                .toList());
  }

  @Test
  void theReferenceHasEveryLimitWithItsNumber() throws IOException {
    assertThat(twoCellsOfRowsThatBeginWith("[0-9]{1,3}(?:,[0-9]{3})*", "limits.md"))
        .containsExactlyElementsOf(
            Arrays.stream(Limit.values())
                .map(limit ->
                    "| %s | %s |"
                        .formatted(
                            String.format(Locale.ROOT, "%,d", limit.number()), limit.sentence()))
                .toList());
  }

  private static List<String> twoCellsOfRowsThatBeginWith(String number, String page)
      throws IOException {
    String row = "(\\| " + number + " \\| [^|]* \\|).*";
    return Files.readAllLines(REFERENCE.resolve(page)).stream()
        .filter(line -> line.matches(row))
        .map(line -> line.replaceFirst(row, "$1"))
        .toList();
  }
}
