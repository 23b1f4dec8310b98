package dev.orderwire.bench.report;

import dev.orderwire.bench.rig.Rig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes the figures of a run: as a table on stdout and, with {@code --json}, as a JSON line. */
public final class Output {
  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "append the figures to this file, as a JSON object on one line")
  private @Nullable Path json;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec scenario = CommandSpec.create();

  public void write(Rig rig, Figures figures) throws IOException, SQLException {
    Machine machine;
    try (Connection connection = rig.connect()) {
      machine = Machine.of(connection);
    }
    System.out.println("on " + machine);
    figures.print(System.out);
    if (json != null) {
      Files.writeString(
          json,
          line(machine, figures) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  private String line(Machine machine, Figures figures) {
    ObjectNode line = JsonMapper.shared().createObjectNode();
    line.put("scenario", scenario.name());
    line.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    line.putPOJO("machine", machine);
    line.put("serverOptions", System.getProperty("orderwire.server-options", "").strip());
    ObjectNode options = line.putObject("options");
    for (OptionSpec option : scenario.options()) {
      Object value = option.getValue();
      if (value instanceof Number number) {
        options.put(option.longestName().substring(2), number.doubleValue());
      } else if (Boolean.TRUE.equals(value)) {
        options.put(option.longestName().substring(2), true);
      }
    }
    ObjectNode values = line.putObject("figures");
    figures.list().forEach(figure -> values.put(figure.key(), figure.value()));
    return line.toString();
  }
}
