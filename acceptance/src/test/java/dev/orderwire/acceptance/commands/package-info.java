/**
 * The commands of {@code ./orderwire} as processes: what they print, how they end, and what arrives
 * in between.
 *
 * <p>Begin with {@link dev.orderwire.acceptance.commands.Launched}, one run of the launcher. Each
 * test class has a project folder of its own, so that no demo of anybody else's is found.
 */
@NullMarked
package dev.orderwire.acceptance.commands;

import org.jspecify.annotations.NullMarked;
