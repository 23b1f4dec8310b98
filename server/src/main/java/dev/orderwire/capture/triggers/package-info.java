/**
 * Capture by triggers: three on each watched table, each writing one row of the change log.
 *
 * <p>Begin with {@link dev.orderwire.capture.triggers.TriggerCapture}. {@link
 * dev.orderwire.capture.triggers.TriggerBody} is the SQL of a trigger, {@link
 * dev.orderwire.capture.triggers.TriggerPlan} compares what is installed with what should be, and
 * {@link dev.orderwire.capture.triggers.TriggerRepair} replaces triggers while the application
 * writes. A trigger must never make the application's write fail.
 */
@NullMarked
package dev.orderwire.capture.triggers;

import org.jspecify.annotations.NullMarked;
