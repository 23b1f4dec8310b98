/**
 * What the tests of every package stand on: a real MySQL, and clients of what is built on it.
 *
 * <p>Begin with {@link dev.orderwire.testing.TestMysql}: one server for all the tests of a JVM, a
 * fresh database for each. A test that restarts or kills MySQL starts an {@code EmbeddedMysql} of
 * its own on a {@code @TempDir}.
 */
@NullMarked
package dev.orderwire.testing;

import org.jspecify.annotations.NullMarked;
