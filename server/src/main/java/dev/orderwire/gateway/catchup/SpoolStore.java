package dev.orderwire.gateway.catchup;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.Frame;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The messages of one spool: the first ones in memory, the others in a file. For one thread. */
final class SpoolStore {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolStore.class);

  private final SpoolRoom room;
  private long memoryLeft;
  private @Nullable SpoolFile file;

  /**
   * @param mostInMemory how many bytes may stay in memory, if all spools together have room
   */
  SpoolStore(SpoolRoom room, long mostInMemory) {
    this.room = room;
    this.memoryLeft = mostInMemory;
  }

  /**
   * Keeps a message, and releases it in the end.
   *
   * @throws OrderwireException {@code over_limit} if there is no room left
   */
  SpoolMessage keep(Frame frame) {
    int footprint = frame.footprint();
    if (footprint <= memoryLeft && room.memory().tryTake(footprint)) {
      memoryLeft -= footprint;
      return new SpoolMessage.InMemory(frame, room.memory());
    }
    memoryLeft = 0;
    try {
      return write(frame);
    } finally {
      frame.release();
    }
  }

  private SpoolMessage write(Frame frame) {
    int length = frame.json().readableBytes();
    if (!room.disk().tryTake(length)) {
      LOG.warn("The snapshots need more disk space than snapshots.spool-megabytes allows");
      throw noRoom(null);
    }
    try {
      SpoolFile open = file;
      if (open == null) {
        open = new SpoolFile(room.folder());
        file = open;
      }
      long begin = open.append(frame.json());
      return new SpoolMessage.OnDisk(open, begin, length, frame.position(), room);
    } catch (IOException e) {
      room.disk().giveBack(length);
      LOG.warn(
          "Failed to write a snapshot to {} (snapshots.folder): {}", room.folder(), e.toString());
      throw noRoom(e);
    }
  }

  private static OrderwireException noRoom(@Nullable Throwable cause) {
    return new OrderwireException(
        ErrorCode.OVER_LIMIT,
        "the server has no room for the rows of this view: request fewer, or try again later",
        cause);
  }

  /** Frees the file; no message is needed now. */
  void close() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.warn("Failed to close the file of a snapshot: {}", e.toString());
      }
    }
  }
}
