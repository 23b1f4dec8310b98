/**
 * The database under test: MySQL, the watched tables with their random statements, and random views
 * of them. Filters and column values are evaluated and formatted here, without the server's code.
 *
 * <p>Begin with {@link dev.orderwire.judge.table.WatchedTable}. This package knows no client and no
 * server.
 */
@NullMarked
package dev.orderwire.judge.table;

import org.jspecify.annotations.NullMarked;
