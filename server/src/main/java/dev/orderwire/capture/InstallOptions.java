package dev.orderwire.capture;

/**
 * How to install.
 *
 * @param despiteCascades whether to accept tables whose rows can change through a foreign key (ON
 *     DELETE CASCADE and the like): no trigger sees such changes, so they will be missing
 * @param canary whether to install the canary's table
 */
public record InstallOptions(boolean despiteCascades, boolean canary) {
  public static final InstallOptions DEFAULT = new InstallOptions(false, false);
}
