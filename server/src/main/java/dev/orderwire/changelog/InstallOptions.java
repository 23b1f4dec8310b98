package dev.orderwire.changelog;

/**
 * How to install.
 *
 * @param despiteCascades whether to go on with a table whose rows can change through a foreign key
 *     (ON DELETE CASCADE and the like): no trigger sees such changes, so they will be missing
 */
public record InstallOptions(boolean despiteCascades) {
  public static final InstallOptions DEFAULT = new InstallOptions(false);
}
