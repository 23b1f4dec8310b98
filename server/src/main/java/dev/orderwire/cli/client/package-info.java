/**
 * The client behind {@code ./orderwire tail}: subscribes to one view of a running server, and
 * resumes it by position after each loss of the connection.
 *
 * <p>Begin with {@link dev.orderwire.cli.client.Follower}. It speaks the protocol as any client
 * does (docs/reference/protocol.md), over the JDK's WebSocket, and uses nothing of the server but
 * its error codes. Everything here blocks, on the thread of the command.
 */
@NullMarked
package dev.orderwire.cli.client;

import org.jspecify.annotations.NullMarked;
