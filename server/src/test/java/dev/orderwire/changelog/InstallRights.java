package dev.orderwire.changelog;

/** All the rights that an install of a table {@code t} needs, each as TestUser takes them. */
final class InstallRights {
  static final String[] ALL = {
    "GRANT SELECT, TRIGGER ON t TO %s",
    "GRANT SELECT, INSERT, CREATE ON orderwire_change_log TO %s",
    "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON orderwire_state TO %s"
  };

  private InstallRights() {}
}
