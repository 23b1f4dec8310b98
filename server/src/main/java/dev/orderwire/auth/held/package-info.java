/**
 * Rows that decide who may see what, held in memory: lookups, and revoked identities.
 *
 * <p>Begin with {@link dev.orderwire.auth.held.HeldTables}: it reads such rows once, and then
 * follows the feed, ahead of the feed's readers. So they change in the same moment for everybody. A
 * {@link dev.orderwire.auth.held.HeldLookup} remembers its former sets for readers that lag. A
 * table that is missing decides nothing. The package must not know sockets, nor how a client proves
 * who it is.
 */
@NullMarked
package dev.orderwire.auth.held;

import org.jspecify.annotations.NullMarked;
