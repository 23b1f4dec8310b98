package dev.orderwire.cli.server;

import dev.orderwire.capture.Capture;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.mysql.Mysql;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A database in which everything that a server needs is installed.
 *
 * @param tables the watched tables, the default one first
 * @param noCanary why the server runs without a canary; empty if it has one
 */
record InstalledDatabase(
    Capture capture, List<String> tables, InstallOptions options, Optional<String> noCanary) {
  /**
   * Installs what is missing, if the settings allow it.
   *
   * @param notes takes what was created, one item a line
   * @throws OrderwireException {@code not_installed} if something is missing and {@code
   *     install.auto} is false; as {@link Capture#install(InstallSession, List, InstallOptions)}
   */
  static InstalledDatabase ensure(
      Mysql mysql, Capture capture, Settings settings, Consumer<String> notes) {
    List<String> tables = settings.watchedTables();
    try (var session = InstallSession.open(mysql)) {
      Optional<String> noCanary = noCanary(settings, capture, session, notes);
      var options = new InstallOptions(settings.install().despiteCascades(), noCanary.isEmpty());
      if (settings.install().auto()) {
        capture
            .install(session, tables, options)
            .made()
            .forEach(made -> notes.accept("created " + made));
      } else if (!capture.installScript(session, tables, options).isEmpty()) {
        throw new OrderwireException(
            ErrorCode.NOT_INSTALLED,
            ("the change log or a trigger is missing or out of date in %s, and install.auto is"
                    + " false: run ./orderwire install (--print shows the SQL)")
                .formatted(session.options()));
      }
      return new InstalledDatabase(capture, tables, options, noCanary);
    }
  }

  /** What other processes have installed, and keep so. */
  static InstalledDatabase byOthers(Capture capture, Settings settings) {
    return new InstalledDatabase(
        capture,
        settings.watchedTables(),
        new InstallOptions(settings.install().despiteCascades(), false),
        Optional.of("the leading process runs it"));
  }

  /** A server may run without a canary, but not silently. */
  private static Optional<String> noCanary(
      Settings settings, Capture capture, InstallSession session, Consumer<String> notes) {
    if (settings.canary().seconds() == 0) {
      return Optional.of("canary.seconds is 0");
    }
    Optional<String> obstacle = capture.canaryObstacle(session, settings.install().auto());
    obstacle.ifPresent(why -> notes.accept("no canary: " + why));
    return obstacle;
  }
}
