/**
 * All SQL: the change log and the triggers that fill it, the tail that follows it, snapshots and
 * replay that read it again.
 *
 * <p>Begin with {@link dev.orderwire.changelog.Tail} for the live way (its {@link
 * dev.orderwire.changelog.Doorbell} tells it when), and with {@link
 * dev.orderwire.changelog.Installer} for what stands in the database. Everything here blocks and
 * runs on virtual threads. It knows the values of {@code change} alone: no sockets, no views.
 */
@NullMarked
package dev.orderwire.changelog;

import org.jspecify.annotations.NullMarked;
