/**
 * A cluster on one machine, for the demo: parts that run as processes and are started again when
 * they end, and a load balancer in front of them. Tests and benchmarks start the same engines.
 *
 * <p>Begin with {@link dev.orderwire.demo.cluster.Part}. The package does not know what the
 * processes do, except for MySQL, Redis and Kafka.
 */
@NullMarked
package dev.orderwire.demo.cluster;

import org.jspecify.annotations.NullMarked;
