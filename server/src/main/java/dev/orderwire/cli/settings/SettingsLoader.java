package dev.orderwire.cli.settings;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads all sources and lays one over the other. */
public final class SettingsLoader {
  private final Problems problems = new Problems();
  private final Map<List<String>, Given> merged = new LinkedHashMap<>();

  private SettingsLoader() {}

  /**
   * Reads, merges and checks all of it.
   *
   * @param folders where {@code orderwire.yaml} and {@code .env} are looked for, the first one that
   *     has it being the one that counts, for each of the two files
   * @param yaml the file to read instead of {@code orderwire.yaml}
   * @param environment the process's
   * @param flags settings by their dotted names, from the command line
   * @throws OrderwireException naming everything that is wrong
   */
  public static Settings load(
      List<Path> folders,
      Optional<Path> yaml,
      Map<String, String> environment,
      Map<String, String> flags) {
    return new SettingsLoader().loadAll(folders, yaml, environment, flags);
  }

  private Settings loadAll(
      List<Path> folders,
      Optional<Path> yaml,
      Map<String, String> environment,
      Map<String, String> flags) {
    yaml.or(() -> first(folders, "orderwire.yaml"))
        .ifPresent(file -> lay(YamlFile.read(text(file), file.getFileName() + "", problems)));

    Map<String, Given> dotEnv =
        first(folders, ".env")
            .map(file -> DotEnv.read(text(file), ".env", problems))
            .orElse(Map.of());
    lay(Variables.read(dotEnv, problems));

    Map<String, Given> variables = new LinkedHashMap<>();
    environment.forEach(
        (name, text) -> variables.put(name, Given.text(text, "environment variable " + name)));
    lay(Variables.read(variables, problems));

    Map<List<String>, Given> fromFlags = new LinkedHashMap<>();
    flags.forEach((name, text) ->
        fromFlags.put(List.of(name.split("\\.", -1)), Given.text(text, "command line")));
    lay(fromFlags);

    for (Map<String, Given> source : List.of(dotEnv, variables)) {
      merged.putAll(Variables.tableOptions(source, tables(), problems));
    }
    Settings settings = new Binder(merged, problems).bindAll();
    Exposure.check(settings, merged.keySet(), problems);
    problems.throwIfAny();
    return settings;
  }

  /** The later source wins, key by key; but tables named anew are all the tables there are. */
  private void lay(Map<List<String>, Given> source) {
    Map<List<String>, Given> values = new LinkedHashMap<>(source);
    MysqlUrl.takeApart(values, problems);
    if (values.keySet().stream().anyMatch(path -> path.getFirst().equals("tables"))) {
      merged.keySet().removeIf(path -> path.getFirst().equals("tables"));
    }
    merged.putAll(values);
  }

  private List<String> tables() {
    return List.copyOf(new Binder(merged, new Problems()).bindAll().tables().keySet());
  }

  private static Optional<Path> first(List<Path> folders, String name) {
    return folders.stream().map(folder -> folder.resolve(name)).filter(Files::exists).findFirst();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new OrderwireException(
          ErrorCode.BAD_SETTINGS, "cannot read the settings in %s: %s".formatted(file, e), e);
    }
  }
}
