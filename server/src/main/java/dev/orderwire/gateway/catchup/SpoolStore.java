package dev.orderwire.gateway.catchup;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.Frame;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the messages of one spool are kept: the first ones in memory, what does not fit there in a
 * file. For one thread.
 */
final class SpoolStore {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolStore.class);

  private final SpoolRoom room;
  private long memoryLeft;
  private @Nullable SpoolFile file;

  /**
   * @param mostInMemory how many bytes of it stay in memory, as long as all spools together have
   *     room for them
   */
  SpoolStore(SpoolRoom room, long mostInMemory) {
    this.room = room;
    this.memoryLeft = mostInMemory;
  }

  /**
   * Keeps a message, which is owned here from now on.
   *
   * @throws OrderwireException {@code over_limit} where there is no room left
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
      LOG.warn("The snapshots of all views take more than snapshots.spool-megabytes allows");
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
          "A snapshot cannot be kept in {} (snapshots.folder): {}", room.folder(), e.toString());
      throw noRoom(e);
    }
  }

  private static OrderwireException noRoom(@Nullable Throwable cause) {
    return new OrderwireException(
        ErrorCode.OVER_LIMIT,
        "the server has no room for the rows of this view: ask for fewer, or try again later",
        cause);
  }

  /** Nothing of it is needed any more. */
  void close() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.warn("A snapshot's file could not be closed: {}", e.toString());
      }
    }
  }
}
