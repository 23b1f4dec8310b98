/**
 * Keeps the database as installed while the server runs: it repairs triggers, writes reset rows for
 * altered tables, deletes old changes, and writes the rows of the canary.
 *
 * <p>Begin with {@link dev.orderwire.upkeep.Reconciler}. Every server of a database does this at
 * the same time; each step leaves the database valid. Each part has a thread and a connection of
 * its own. It must not know the gateway.
 */
@NullMarked
package dev.orderwire.upkeep;

import org.jspecify.annotations.NullMarked;
