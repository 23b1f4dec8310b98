/**
 * What all actors of a run share: its plan, the faults it may inject, its phase, findings and
 * counts, and seeded random decisions.
 *
 * <p>Begin with {@link dev.orderwire.judge.run.Plan}. This package knows no server and no database.
 */
@NullMarked
package dev.orderwire.judge.run;

import org.jspecify.annotations.NullMarked;
