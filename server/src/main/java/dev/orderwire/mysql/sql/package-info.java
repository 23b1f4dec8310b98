/**
 * SQL texts for MySQL: quoted names, conditions, the order of keys, and the one JSON encoding of a
 * row.
 *
 * <p>Begin with {@link dev.orderwire.mysql.sql.Encoding}. Nothing here connects to MySQL.
 */
@NullMarked
package dev.orderwire.mysql.sql;

import org.jspecify.annotations.NullMarked;
