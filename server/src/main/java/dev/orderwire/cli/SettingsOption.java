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
      description = "The file to read instead of orderwire.yaml.")
  private @Nullable Path config;

  /** The file that the user names; null if none. */
  @Nullable Path file() {
    return config;
  }

  /**
   * @param flags settings from other options of the command, by their dotted names
   */
  Settings load(Environment environment, Map<String, String> flags) {
    return SettingsLoader.load(
        environment.settingsFolders(), Optional.ofNullable(config), environment.variables(), flags);
  }
}
