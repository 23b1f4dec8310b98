package dev.orderwire.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON output of a run. */
final class OutputTest {
  @TempDir private Path folder;

  @Test
  void everyScenarioHasTheOptionJson() {
    assertThat(Bench.commands().getSubcommands().values())
        .isNotEmpty()
        .allSatisfy(scenario ->
            assertThat(scenario.getCommandSpec().findOption("--json"))
                .as(scenario.getCommandName())
                .isNotNull());
  }

  @Test
  void aRunAppendsOneLineWithMachineOptionsAndFigures() throws Exception {
    Path json = Files.writeString(folder.resolve("figures.jsonl"), "{}\n");
    CommandLine bench = Bench.commands();
    assertThat(bench.execute("snapshot", "--rows", "1500", "--json", json.toString())).isZero();
    List<String> lines = Files.readAllLines(json);
    assertThat(lines).hasSize(2);
    JsonNode line = JsonMapper.shared().readTree(lines.getLast());
    assertThat(line.propertyNames())
        .containsExactly("scenario", "at", "machine", "serverOptions", "options", "figures");
    assertThat(line.path("scenario").asString()).isEqualTo("snapshot");
    assertThat(line.path("options").path("rows").asInt()).isEqualTo(1_500);
    assertThat(line.path("figures").path("rows").asInt()).isEqualTo(1_500);
    assertThat(line.path("figures").path("growthMegabytes").isNumber()).isTrue();
  }
}
