/**
 * The change log: its tables and their rows, its epoch, reset rows and retention floor, and what
 * reads it again: snapshots and replay.
 *
 * <p>Begin with {@link dev.orderwire.changelog.ChangeLogTable}, which explains the kinds of rows.
 * {@link dev.orderwire.changelog.MysqlBacklog} and {@link
 * dev.orderwire.changelog.MysqlSnapshotReader} implement the ports through which the gateway reads.
 * Calls block. It must not know what fills the log or who follows it.
 */
@NullMarked
package dev.orderwire.changelog;

import org.jspecify.annotations.NullMarked;
