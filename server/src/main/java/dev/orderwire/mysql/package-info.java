/**
 * MySQL itself: connections, privileges, advisory locks, the schema of tables, and the one JSON
 * encoding of a row as SQL expressions.
 *
 * <p>Begin with {@link dev.orderwire.mysql.Mysql}, then read {@link dev.orderwire.mysql.Encoding}.
 * Whatever depends on MySQL's own dialect belongs here, so that another database can stand beside
 * it. Calls block. It must not know the change log, or what anybody does with it.
 */
@NullMarked
package dev.orderwire.mysql;

import org.jspecify.annotations.NullMarked;
