/**
 * The judge: a randomized test of the whole system. Random writers, clients and faults run against
 * a real MySQL and real server processes; after each round the judge checks that no change was
 * lost, repeated or wrong. It knows servers only by their documented protocol, and computes what
 * every client should have received from SQL, with its own code.
 *
 * <p>Begin with {@link dev.orderwire.judge.TestRun}. An import runs only downwards: this package,
 * {@code fault}, {@code writer} and {@code client}, {@code table}, {@code run}. No server code may
 * depend on any of them.
 */
@NullMarked
package dev.orderwire.judge;

import org.jspecify.annotations.NullMarked;
