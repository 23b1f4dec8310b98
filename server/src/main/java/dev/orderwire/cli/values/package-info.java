/**
 * The kinds of values on the command line, each with its check.
 *
 * <p>Begin with {@link dev.orderwire.cli.values.Minutes}. The package must not know the commands.
 */
@NullMarked
package dev.orderwire.cli.values;

import org.jspecify.annotations.NullMarked;
