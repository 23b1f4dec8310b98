/**
 * The change log: its tables and rows, its epoch, reset rows and retention floor, and snapshots and
 * replay for clients.
 *
 * <p>Begin with {@link dev.orderwire.changelog.ChangeLogTable}, which explains the kinds of rows.
 * {@link dev.orderwire.changelog.MysqlBacklog} and {@link
 * dev.orderwire.changelog.MysqlSnapshotReader} implement the ports through which the gateway reads.
 * Calls block. The package must not know how changes are captured or tailed.
 */
@NullMarked
package dev.orderwire.changelog;

import org.jspecify.annotations.NullMarked;
