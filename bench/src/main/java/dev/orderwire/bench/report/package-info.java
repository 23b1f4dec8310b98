/**
 * The figures of a scenario, as a table for people and as JSON lines.
 *
 * <p>Begin with {@link dev.orderwire.bench.report.Figures}. It knows no scenario.
 */
@NullMarked
package dev.orderwire.bench.report;

import org.jspecify.annotations.NullMarked;
