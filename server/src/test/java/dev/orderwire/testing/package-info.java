/**
 * What the tests of all packages share: a real MySQL, and clients of the server.
 *
 * <p>Begin with {@link dev.orderwire.testing.TestMysql}: one server for all tests of a JVM, and a
 * fresh database for each test. A test that restarts or kills MySQL starts an {@code EmbeddedMysql}
 * of its own on a {@code @TempDir}.
 */
@NullMarked
package dev.orderwire.testing;

import org.jspecify.annotations.NullMarked;
