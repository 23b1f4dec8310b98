package dev.orderwire.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The codes of the server, its reference and its JavaScript client are the same. */
final class ClientCodesTest {
  private static final Path REFERENCE = Path.of("..", "docs", "reference");

  /** A command's errors have the status of a defect, and no client can retry them. */
  private static boolean isForClients(ErrorCode code) {
    return code.retryable() || code.status() != 500;
  }

  private static SortedSet<String> codes(Predicate<ErrorCode> which) {
    return Arrays.stream(ErrorCode.values())
        .filter(ClientCodesTest::isForClients)
        .filter(which)
        .map(ErrorCode::text)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void theReferenceHasEveryErrorCodeWithItsSentence() throws IOException {
    List<String> page =
        Files.readAllLines(REFERENCE.resolve("protocol.md")).stream()
            .filter(line -> line.matches("\\| `[a-z_]+` \\| [0-9]{3} \\|.*"))
            .toList();

    assertThat(page)
        .containsExactlyElementsOf(
            Arrays.stream(ErrorCode.values())
                .filter(ClientCodesTest::isForClients)
                .map(code ->
                    "| `%s` | %d | %d | %s | %s |"
                        .formatted(
                            code.text(),
                            code.status(),
                            code.closeCode(),
                            code.retryable() ? "yes" : "no",
                            code.sentence()))
                .toList());
  }

  @Test
  void theJavaScriptClientRetriesWhatCanSucceedLater() throws IOException {
    assertThat(javaScript("orderwire.js", "PASSING", "\"([a-z_]+)\""))
        .isEqualTo(codes(ErrorCode::retryable));
  }

  /** The client knows some codes of later versions, too. */
  @Test
  void theJavaScriptClientEndsAfterCloseCodesThatDoNotSayReconnect() throws IOException {
    SortedSet<String> last = javaScript("link.js", "FINAL", "\\[([0-9]{4}),");

    for (CloseReason reason : CloseReason.values()) {
      assertThat(last.contains(String.valueOf(reason.code())))
          .as(reason.name())
          .isEqualTo(!reason.reconnect());
    }
  }

  @Test
  void theReferenceSaysWhichCloseCodesNotToRetry() throws IOException {
    List<String> notRetried =
        Files.readAllLines(REFERENCE.resolve("protocol.md")).stream()
            .filter(line -> line.matches("\\| [0-9]{4} \\|.* Do not retry\\. \\|"))
            .map(line -> line.substring(2, 6))
            .toList();

    assertThat(notRetried)
        .containsExactlyElementsOf(
            Arrays.stream(CloseReason.values())
                .filter(reason -> !reason.reconnect())
                .map(reason -> String.valueOf(reason.code()))
                .toList());
  }

  @Test
  void theCloseCodeOfAnErrorSaysReconnectIfTheErrorCanBeRetried() {
    for (String text : codes(_ -> true)) {
      ErrorCode code = ErrorCode.of(text).orElseThrow();
      assertThat(CloseReason.of(code).reconnect()).as(text).isEqualTo(code.retryable());
    }
  }

  /** The entries of a constant of a file of the client. */
  private static SortedSet<String> javaScript(String file, String constant, String entry)
      throws IOException {
    String script;
    try (var stream =
        Objects.requireNonNull(
            ClientCodesTest.class.getResourceAsStream("/dev/orderwire/gateway/client/" + file))) {
      script = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    String start = "const " + constant + " = ";
    String from = script.substring(script.indexOf(start) + start.length());
    return Pattern.compile(entry)
        .matcher(from.substring(0, from.indexOf("]);")))
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
