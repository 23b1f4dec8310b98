/**
 * The commands of {@code ./orderwire}, and how the parts are wired together.
 *
 * <p>Begin with {@link dev.orderwire.cli.Main}, the list of the commands, and read {@link
 * dev.orderwire.cli.Wiring} as the list of the server's parts. Each command is a class of its own,
 * thin over the package that does the work; what it prints and its exit codes are fixed by
 * docs/reference/commands.md. Everything may be known from here, and nothing knows this package.
 */
@NullMarked
package dev.orderwire.cli;

import org.jspecify.annotations.NullMarked;
