/**
 * Fuzzing of the parsers of outside input.
 *
 * <p>Begin with {@link dev.orderwire.fuzz.Target}, which lists them. Each target lies in the
 * package of its parser, and demands of it what {@link dev.orderwire.fuzz.Parsing} says. {@link
 * dev.orderwire.fuzz.CorpusTest} runs the inputs in {@code src/test/resources/fuzz}, findings
 * included; {@link dev.orderwire.fuzz.FuzzRun} looks for more with Jazzer.
 */
@NullMarked
package dev.orderwire.fuzz;

import org.jspecify.annotations.NullMarked;
