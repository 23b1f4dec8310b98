package dev.orderwire.gateway.catchup;

import dev.orderwire.gateway.catchup.Blocking.GoneException;
import dev.orderwire.gateway.protocol.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** A message of a spool, for those who hold it. For any number of threads. */
sealed interface SpoolMessage {
  /** Its bytes, until {@link #letGo}; may wait. */
  Frame hold();

  void letGo();

  /** Its spool is over, and nobody holds it. */
  void drop();

  /** One that stays in memory. */
  record InMemory(Frame frame, Quota memory) implements SpoolMessage {
    @Override
    public Frame hold() {
      return frame;
    }

    @Override
    public void letGo() {}

    @Override
    public void drop() {
      memory.giveBack(frame.footprint());
      frame.release();
    }
  }

  /** One on disk: in memory once, for all who hold it at a time. */
  final class OnDisk implements SpoolMessage {
    private final SpoolFile file;
    private final long begin;
    private final int length;
    private final @Nullable String position;
    private final SpoolRoom room;
    private int holders;
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
    public synchronized Frame hold() {
      Frame frame = loaded;
      if (frame == null) {
        frame = load();
        loaded = frame;
      }
      holders++;
      return frame;
    }

    private Frame load() {
      try {
        room.loads().take(length);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new GoneException();
      }
      ByteBuf bytes = Unpooled.EMPTY_BUFFER;
      boolean read = false;
      try {
        bytes = PooledByteBufAllocator.DEFAULT.directBuffer(Frame.HEADROOM + length);
        file.read(begin, length, bytes.writeZero(Frame.HEADROOM));
        read = true;
        return new Frame(Frame.SNAPSHOT, position, bytes);
      } catch (ClosedChannelException e) {
        // The server is going away: interrupts close files.
        throw new GoneException();
      } catch (IOException e) {
        throw new UncheckedIOException("a snapshot cannot be read back", e);
      } finally {
        if (!read) {
          bytes.release();
          room.loads().giveBack(length);
        }
      }
    }

    @Override
    public synchronized void letGo() {
      if (--holders == 0 && loaded != null) {
        loaded.release();
        loaded = null;
        room.loads().giveBack(length);
      }
    }

    @Override
    public void drop() {
      room.disk().giveBack(length);
    }
  }
}
