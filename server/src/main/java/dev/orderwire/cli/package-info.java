/**
 * The commands of {@code ./orderwire}, and the wiring of the server.
 *
 * <p>Begin with {@link dev.orderwire.cli.Main}, the list of the commands, and read {@link
 * dev.orderwire.cli.server.Wiring} as the list of the server's parts. Each command is a small class
 * that calls the package that does the work; docs/reference/commands.md specifies its output and
 * its exit codes. This package may use all others, and none of them uses it.
 */
@NullMarked
package dev.orderwire.cli;

import org.jspecify.annotations.NullMarked;
