/**
 * MySQL itself: connections, privileges, advisory locks, and the schema of tables; below it, in
 * {@code mysql.sql}, the one JSON encoding of a row and other SQL texts.
 *
 * <p>Begin with {@link dev.orderwire.mysql.Mysql}, then read {@link
 * dev.orderwire.mysql.sql.Encoding}. All code that depends on MySQL's dialect belongs here, so that
 * another database can stand beside it. Calls block. The package must not know the change log.
 */
@NullMarked
package dev.orderwire.mysql;

import org.jspecify.annotations.NullMarked;
