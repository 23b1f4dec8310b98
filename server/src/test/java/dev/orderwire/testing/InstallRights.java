package dev.orderwire.testing;

/** All the rights that an install of a table {@code t} needs, each as TestUser takes them. */
public final class InstallRights {
  public static final String[] ALL = {
    "GRANT SELECT, TRIGGER ON t TO %s",
    "GRANT SELECT, INSERT, CREATE ON orderwire_change_log TO %s",
    "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON orderwire_state TO %s"
  };

  private InstallRights() {}
}
