/**
 * The settings, from {@code orderwire.yaml}, {@code .env}, the environment and the command's flags;
 * a later source overrides an earlier one.
 *
 * <p>Begin with {@link dev.orderwire.cli.settings.Settings}: its records list all settings, each
 * with its default, meaning and range, and the names derive from them ({@code server.port}, {@code
 * ORDERWIRE_SERVER_PORT}). Each source is read into a flat map of paths to values ({@link
 * dev.orderwire.cli.settings.RawValue}), from which a {@link dev.orderwire.cli.settings.Binder}
 * creates the records. Problems are collected and reported together.
 */
@NullMarked
package dev.orderwire.cli.settings;

import org.jspecify.annotations.NullMarked;
