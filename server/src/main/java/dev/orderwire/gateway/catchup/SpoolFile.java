package dev.orderwire.gateway.catchup;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * A temporary file that is deleted as soon as it is open, if the system allows that, as Linux does:
 * then it cannot outlive the process. One thread appends; any number read.
 */
final class SpoolFile implements AutoCloseable {
  private final FileChannel channel;
  private long end;

  /** Creates a file in a folder, and the folder if it is missing. */
  SpoolFile(Path folder) throws IOException {
    Files.createDirectories(folder);
    this.channel =
        FileChannel.open(
            folder.resolve("orderwire-" + UUID.randomUUID() + ".snapshot"),
            Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE),
            readableByOwnerOnly(folder));
  }

  private static FileAttribute<?>[] readableByOwnerOnly(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Appends bytes without releasing them.
   *
   * @return the offset where they begin
   */
  long append(ByteBuf bytes) throws IOException {
    long begin = end;
    ByteBuffer left = bytes.nioBuffer();
    while (left.hasRemaining()) {
      end += channel.write(left, end);
    }
    return begin;
  }

  /** Appends {@code length} bytes of the file to {@code to}. */
  void read(long begin, int length, ByteBuf to) throws IOException {
    for (int done = 0; done < length; ) {
      int read = to.writeBytes(channel, begin + done, length - done);
      if (read < 0) {
        throw new EOFException("the file of a snapshot is truncated");
      }
      done += read;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
