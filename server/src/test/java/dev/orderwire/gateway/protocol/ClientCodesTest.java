package dev.orderwire.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The codes of the server, its reference and its JavaScript client are the same. */
final class ClientCodesTest {
  private static final Path REFERENCE = Path.of("..", "docs", "reference");
  private static final Pattern CODE = Pattern.compile("`([a-z_]+)`");

  /** A command's errors have the status of a defect, and no client can retry them. */
  private static SortedSet<String> codes(Predicate<ErrorCode> which) {
    return Arrays.stream(ErrorCode.values())
        .filter(code -> code.retryable() || code.status() != 500)
        .filter(which)
        .map(ErrorCode::text)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The error codes in the first column of the protocol's table. */
  private static SortedSet<String> protocolPage() throws IOException {
    String page = Files.readString(REFERENCE.resolve("protocol.md"));
    String section =
        page.substring(page.indexOf("\n## Error codes\n"), page.indexOf("\n## Limits"));
    return section
        .lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.split("\\|", -1)[1])
        .flatMap(cell -> CODE.matcher(cell).results())
        .map(code -> code.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The error codes of the HTTP API, each with the statuses of its row. */
  private static Map<String, String> httpPage() throws IOException {
    Map<String, String> statuses = new TreeMap<>();
    for (String line : Files.readAllLines(REFERENCE.resolve("http-api.md"))) {
      if (line.matches("\\| [0-9]{3}(, [0-9]{3})* \\| .*")) {
        String[] cells = line.split("\\|", -1);
        CODE.matcher(cells[2].replaceAll("\\(.*?\\)", ""))
            .results()
            .forEach(code -> statuses.put(code.group(1), cells[1]));
      }
    }
    return statuses;
  }

  @Test
  void theReferenceHasEveryErrorCodeAndNoOther() throws IOException {
    SortedSet<String> pages = protocolPage();
    pages.addAll(httpPage().keySet());

    assertThat(pages).isEqualTo(codes(_ -> true));
  }

  @Test
  void theHttpPageHasTheStatusOfEachCode() throws IOException {
    Map<String, String> page = httpPage();

    assertThat(page).hasSizeGreaterThan(20);
    page.forEach((code, statuses) ->
        assertThat(statuses)
            .as(code)
            .contains(String.valueOf(ErrorCode.of(code).orElseThrow().status())));
  }

  @Test
  void theJavaScriptClientRetriesWhatCanSucceedLater() throws IOException {
    assertThat(javaScript("PASSING", "\"([a-z_]+)\"")).isEqualTo(codes(ErrorCode::retryable));
  }

  /** The client knows some codes of later versions, too. */
  @Test
  void theJavaScriptClientEndsAfterCloseCodesThatDoNotSayReconnect() throws IOException {
    SortedSet<String> last = javaScript("FINAL", "\\[([0-9]{4}),");

    for (CloseReason reason : CloseReason.values()) {
      assertThat(last.contains(String.valueOf(reason.code())))
          .as(reason.name())
          .isEqualTo(!reason.sentence().contains("reconnect"));
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
                .filter(reason -> !reason.sentence().contains("reconnect"))
                .map(reason -> String.valueOf(reason.code()))
                .toList());
  }

  @Test
  void theCloseCodeOfAnErrorSaysReconnectIfTheErrorCanBeRetried() {
    for (String text : codes(_ -> true)) {
      ErrorCode code = ErrorCode.of(text).orElseThrow();
      assertThat(CloseReason.of(code).sentence().contains("reconnect"))
          .as(text)
          .isEqualTo(code.retryable());
    }
  }

  /** The entries of a constant of orderwire.js. */
  private static SortedSet<String> javaScript(String constant, String entry) throws IOException {
    String script;
    try (var stream =
        Objects.requireNonNull(
            ClientCodesTest.class.getResourceAsStream(
                "/dev/orderwire/gateway/client/orderwire.js"))) {
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
