/**
 * The process of a command: how it starts, and how it ends.
 *
 * <p>Begin with {@link dev.orderwire.cli.process.Shutdown}. The package must not know the commands.
 */
@NullMarked
package dev.orderwire.cli.process;

import org.jspecify.annotations.NullMarked;
