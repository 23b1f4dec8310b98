/**
 * Snapshots and replays from replicas of MySQL. A replica may lag behind what clients have been
 * told, and a snapshot that claims too much would leave changes out in silence. So each read first
 * waits until the replica has applied whatever was visible on the source when the read began.
 *
 * <p>Begin with {@link dev.orderwire.changelog.replica.Replicas}.
 */
@NullMarked
package dev.orderwire.changelog.replica;

import org.jspecify.annotations.NullMarked;
