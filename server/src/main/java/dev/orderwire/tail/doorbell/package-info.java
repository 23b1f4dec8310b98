/**
 * Signals commits to the tail, so that it need not poll: by MySQL's binlog, followed as a replica
 * does, headers only.
 *
 * <p>Begin with {@link dev.orderwire.tail.doorbell.Doorbell}. {@link
 * dev.orderwire.tail.doorbell.BinlogDoorbell} is the implementation, {@link
 * dev.orderwire.tail.doorbell.BinlogAccess} decides whether the user may follow the binlog. It must
 * not know what the tail does when the doorbell rings.
 */
@NullMarked
package dev.orderwire.tail.doorbell;

import org.jspecify.annotations.NullMarked;
