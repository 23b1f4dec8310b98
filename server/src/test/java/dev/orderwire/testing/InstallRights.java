package dev.orderwire.testing;

import java.util.List;

/**
 * All privileges that an installation on a table {@code t} needs, as grants for {@link TestUser}.
 */
public final class InstallRights {
  public static final List<String> ALL =
      List.of(
          "GRANT SELECT, TRIGGER ON t TO %s",
          "GRANT SELECT, INSERT, CREATE ON orderwire_change_log TO %s",
          "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON orderwire_state TO %s");

  private InstallRights() {}
}
