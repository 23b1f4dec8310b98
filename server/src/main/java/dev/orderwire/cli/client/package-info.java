/**
 * A client of a running server, for {@code ./orderwire tail}: subscribes to one view and follows it
 * through every loss of the connection, by position.
 *
 * <p>Begin with {@link dev.orderwire.cli.client.Follower}. It speaks the protocol as any client
 * does (docs/reference/protocol.md), over the JDK's WebSocket, and knows nothing of the server's
 * own packages. Everything here blocks, on the thread of the command.
 */
@NullMarked
package dev.orderwire.cli.client;

import org.jspecify.annotations.NullMarked;
