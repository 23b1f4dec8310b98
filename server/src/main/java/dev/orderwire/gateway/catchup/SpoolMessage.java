package dev.orderwire.gateway.catchup;

import dev.orderwire.gateway.catchup.Blocking.GoneException;
import dev.orderwire.gateway.protocol.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** A message of a spool. Safe for any number of threads. */
sealed interface SpoolMessage {
  /** Its bytes, valid until {@link #unload}; may wait for memory. */
  Frame load();

  void unload();

  /** Frees it; nothing has it loaded. */
  void discard();

  /** A message in memory. */
  record InMemory(Frame frame, Quota memory) implements SpoolMessage {
    @Override
    public Frame load() {
      return frame;
    }

    @Override
    public void unload() {}

    @Override
    public void discard() {
      memory.giveBack(frame.footprint());
      frame.release();
    }
  }

  /** A message on disk, loaded once for all that need it at the same time. */
  final class OnDisk implements SpoolMessage {
    private final SpoolFile file;
    private final long begin;
    private final int length;
    private final @Nullable String position;
    private final SpoolRoom room;
    private int users;
    private @Nullable Frame loaded;

    /**
     * @param position as in {@link Frame}
     */
    OnDisk(SpoolFile file, long begin, int length, @Nullable String position, SpoolRoom room) {
      this.file = file;
      this.begin = begin;
      this.length = length;
      this.position = position;
      this.room = room;
    }

    @Override
    public synchronized Frame load() {
      Frame frame = loaded;
      if (frame == null) {
        frame = read();
        loaded = frame;
      }
      users++;
      return frame;
    }

    private Frame read() {
      try {
        room.loads().take(length);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new GoneException();
      }
      ByteBuf bytes = Unpooled.EMPTY_BUFFER;
      boolean done = false;
      try {
        bytes = PooledByteBufAllocator.DEFAULT.directBuffer(Frame.HEADROOM + length);
        file.read(begin, length, bytes.writeZero(Frame.HEADROOM));
        done = true;
        return new Frame(Frame.SNAPSHOT, position, bytes);
      } catch (ClosedChannelException e) {
        // An interrupt, as on shutdown, closes the file.
        throw new GoneException();
      } catch (IOException e) {
        throw FolderException.full(
            "cannot read a snapshot back from %s (snapshots.folder): %s"
                .formatted(room.folder(), e),
            e);
      } finally {
        if (!done) {
          bytes.release();
          room.loads().giveBack(length);
        }
      }
    }

    @Override
    public synchronized void unload() {
      if (--users == 0 && loaded != null) {
        loaded.release();
        loaded = null;
        room.loads().giveBack(length);
      }
    }

    @Override
    public void discard() {
      room.disk().giveBack(length);
    }
  }
}
