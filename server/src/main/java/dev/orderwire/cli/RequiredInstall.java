package dev.orderwire.cli;

import dev.orderwire.capture.Capture;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallReport;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.List;
import java.util.function.Consumer;

/** What stands in the session's database for these tables. */
record RequiredInstall(
    Capture capture, InstallSession session, List<String> tables, InstallOptions options) {
  /**
   * Before serving: makes what is missing, where that is allowed.
   *
   * @param notes takes what was made, one thing a line
   * @throws OrderwireException {@code not_installed} where something is missing and may not be made
   */
  void ensure(boolean auto, Consumer<String> notes) {
    if (auto) {
      install().made().forEach(made -> notes.accept("made " + made));
    } else if (!sql().isEmpty()) {
      throw new OrderwireException(
          ErrorCode.NOT_INSTALLED,
          "the change log or a trigger is missing or out of date in %s, and install.auto is false: run ./orderwire install (--print shows the SQL)"
              .formatted(session.options()));
    }
  }

  InstallReport install() {
    return capture.install(session, tables, options);
  }

  /** The SQL that {@link #install} would run now; empty where there is nothing to do. */
  String sql() {
    return capture.installScript(session, tables, options);
  }
}
