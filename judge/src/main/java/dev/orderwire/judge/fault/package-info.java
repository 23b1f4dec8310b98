/**
 * The faults that are injected into the processes of a run, the network, MySQL and the schema.
 *
 * <p>Begin with {@link dev.orderwire.judge.fault.FaultInjector}.
 */
@NullMarked
package dev.orderwire.judge.fault;

import org.jspecify.annotations.NullMarked;
