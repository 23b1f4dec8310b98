package dev.orderwire.cli.settings;

import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.PolicyTests;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads and merges all sources of settings. */
public final class SettingsLoader {
  private final Problems problems = new Problems();
  private final Map<List<String>, RawValue> merged = new LinkedHashMap<>();

  private SettingsLoader() {}

  /**
   * Reads, merges and checks all settings.
   *
   * @param folders the folders to look for {@code orderwire.yaml} and {@code .env} in; for each of
   *     the two files, the first folder that has it counts
   * @param yaml the file to read instead of {@code orderwire.yaml}
   * @param environment the environment variables of the process
   * @param flags settings by their dotted names, from the command line
   * @throws OrderwireException {@code bad_settings}, with all problems
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
        .ifPresent(file -> merge(YamlFile.read(text(file), file.getFileName() + "", problems)));

    Map<String, RawValue> dotEnv =
        first(folders, ".env")
            .map(file -> DotEnv.read(text(file), ".env", problems))
            .orElse(Map.of());
    merge(Variables.read(dotEnv, problems));

    Map<String, RawValue> variables = new LinkedHashMap<>();
    environment.forEach(
        (name, text) -> variables.put(name, RawValue.text(text, "environment variable " + name)));
    merge(Variables.read(variables, problems));

    Map<List<String>, RawValue> fromFlags = new LinkedHashMap<>();
    flags.forEach((name, text) ->
        fromFlags.put(List.of(name.split("\\.", -1)), RawValue.text(text, "command line")));
    merge(fromFlags);

    for (Map<String, RawValue> source : List.of(dotEnv, variables)) {
      merged.putAll(Variables.tableOptions(source, tables(), problems));
    }
    Settings settings = new Binder(merged, problems).bindAll();
    Authentication.check(settings.auth(), merged.keySet(), problems);
    Exposure.check(settings, merged.keySet(), problems);
    checkPolicies(settings, merged.keySet(), problems);
    settings.proxies().check(problems);
    TlsSettings.check(settings.server().tls(), problems);
    settings.server().drain().check(problems);
    MysqlTlsSettings.check(settings.mysql(), problems);
    ReplicaSettings.check(settings.mysql(), problems);
    problems.throwIfAny();
    return settings;
  }

  /** Reads the policies only to find what is wrong in them: their secret is not known yet. */
  private static void checkPolicies(
      Settings settings, Set<List<String>> configured, Problems problems) {
    List<String> wrong = new ArrayList<>();
    Policies.check(settings.policies(), settings.lookups(), wrong);
    PolicyTests _ = PolicyTests.read(settings.policyTests(), wrong);
    wrong.forEach(problems::add);
    if (!settings.policies().isEmpty() && !Authentication.isOn(configured)) {
      problems.add(
          "policies have no effect without authentication: set auth.jwt or auth.keys, or remove policies");
    }
  }

  /**
   * Overrides earlier values key by key, except that a new map of names replaces an earlier one.
   */
  private void merge(Map<List<String>, RawValue> source) {
    Map<List<String>, RawValue> values = new LinkedHashMap<>(source);
    MysqlUrl.expand(values, problems);
    for (List<String> named : Key.maps()) {
      if (values.keySet().stream().anyMatch(path -> Name.isWithin(named, path))) {
        merged.keySet().removeIf(path -> Name.isWithin(named, path));
      }
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
