/**
 * The processes of a run, and what connects them with each other and with their clients: servers
 * with their roles, links to MySQL and to the bus, the engine of the bus, and the balancer. All of
 * them can be killed, cut off and made to hang.
 *
 * <p>Begin with {@link dev.orderwire.judge.cluster.Cluster}. What happens to them when is decided
 * by {@link dev.orderwire.judge.fault.FaultInjector}.
 */
@NullMarked
package dev.orderwire.judge.cluster;

import org.jspecify.annotations.NullMarked;
