/**
 * What the user has set: {@code orderwire.yaml}, then {@code .env}, then the environment, then
 * flags; the later wins.
 *
 * <p>Begin with {@link dev.orderwire.cli.settings.Settings}: its records are the list of all
 * settings, with default, meaning and bounds beside each, and names are derived from them ({@code
 * server.port}, {@code ORDERWIRE_SERVER_PORT}). Each source is read into a flat map of paths to
 * values ({@link dev.orderwire.cli.settings.Given}), which a {@link
 * dev.orderwire.cli.settings.Binder} turns into the records. Nothing stops at the first mistake:
 * all are collected and reported together.
 */
@NullMarked
package dev.orderwire.cli.settings;

import org.jspecify.annotations.NullMarked;
