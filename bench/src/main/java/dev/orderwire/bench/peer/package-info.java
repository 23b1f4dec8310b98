/**
 * What Orderwire is compared with: a Node server that follows the binlog, a bare send loop, and
 * screens that poll.
 *
 * <p>Begin with {@link dev.orderwire.bench.peer.NodePeer} and {@link
 * dev.orderwire.bench.peer.SendLoopProcess}. It knows no scenario.
 */
@NullMarked
package dev.orderwire.bench.peer;

import org.jspecify.annotations.NullMarked;
