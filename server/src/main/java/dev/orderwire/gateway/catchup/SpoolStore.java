package dev.orderwire.gateway.catchup;

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
   * @throws FolderException if there is no room left
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
      throw FolderException.full(
          "the snapshots need more disk space than snapshots.spool-megabytes allows", null);
    }
    boolean written = false;
    try {
      SpoolFile open = open();
      long begin = open.append(frame.json());
      written = true;
      return new SpoolMessage.OnDisk(open, begin, length, frame.position(), room);
    } catch (IOException e) {
      throw FolderException.full(
          "cannot write to %s (snapshots.folder): %s. Make room there, or set snapshots.folder to another folder"
              .formatted(room.folder(), e),
          e);
    } finally {
      if (!written) {
        room.disk().giveBack(length);
      }
    }
  }

  private SpoolFile open() {
    SpoolFile open = file;
    if (open == null) {
      try {
        open = new SpoolFile(room.folder());
      } catch (IOException e) {
        throw FolderException.unusable(
            "cannot create a file in %s (snapshots.folder): %s. Let the server write there, or set snapshots.folder to another folder"
                .formatted(room.folder(), e),
            e);
      }
      file = open;
    }
    return open;
  }

  /** Whether a part is on disk. */
  boolean usesDisk() {
    return file != null;
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
