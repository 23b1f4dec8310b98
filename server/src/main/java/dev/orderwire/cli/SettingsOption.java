package dev.orderwire.cli;

import dev.orderwire.cli.settings.Settings;
import dev.orderwire.cli.settings.SettingsLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}, for the commands that read the settings. */
final class SettingsOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The settings to read instead of orderwire.yaml.")
  private @Nullable Path config;

  Settings load(Surroundings around, Map<String, String> flags) {
    return SettingsLoader.load(
        around.settings(), Optional.ofNullable(config), around.environment(), flags);
  }
}
