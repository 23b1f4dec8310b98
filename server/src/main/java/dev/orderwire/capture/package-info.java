/**
 * What fills the change log, behind one interface: install, check, repair, uninstall.
 *
 * <p>Begin with {@link dev.orderwire.capture.Capture}. {@link dev.orderwire.capture.InstallSession}
 * is the connection with the settings that an installation needs. Implementations have packages of
 * their own below this one, and only the wiring knows which one is in use.
 */
@NullMarked
package dev.orderwire.capture;

import org.jspecify.annotations.NullMarked;
