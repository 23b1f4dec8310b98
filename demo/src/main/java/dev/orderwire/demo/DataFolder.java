package dev.orderwire.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/**
 * The folder of one embedded MySQL, locked for this process until {@link #close}. The data are in
 * its folder {@code mysql}, beside the log, the password and other files.
 */
final class DataFolder implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path folder;
  private final FileChannel lock;

  private DataFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Creates the folder if it is missing, and locks it.
   *
   * @throws EmbeddedMysqlException if an embedded MySQL of this or another process has locked it
   */
  static DataFolder open(Path path) throws IOException {
    Folders.create(path);
    Path folder = path.toRealPath();
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (lock.tryLock() != null) {
        return new DataFolder(folder, lock);
      }
    } catch (OverlappingFileLockException e) {
      // This process holds the lock; the error below is the same as for another process.
    }
    lock.close();
    throw new EmbeddedMysqlException(
        "An embedded MySQL is already running on %s: end it, or use another data folder."
            .formatted(folder));
  }

  Path path() {
    return folder;
  }

  Path data() {
    return folder.resolve("mysql");
  }

  /** The data during an initialisation. They are void unless it completes. */
  Path partialData() {
    return folder.resolve("mysql.partial");
  }

  boolean isInitialised() {
    return Files.isDirectory(data());
  }

  /** Turns {@link #partialData} into {@link #data} in one step. */
  void completeInitialisation() throws IOException {
    Files.move(partialData(), data(), StandardCopyOption.ATOMIC_MOVE);
  }

  Path errorLog() {
    return folder.resolve("error.log");
  }

  Path pidFile() {
    return folder.resolve("mysqld.pid");
  }

  /** An empty folder for the server's temporary files: files of a killed server are deleted. */
  Path freshTemporaryFolder() throws IOException {
    Path temporary = folder.resolve("tmp");
    Folders.delete(temporary);
    Folders.create(temporary);
    return temporary;
  }

  /** The password of the data. It is generated the first time, and then kept. */
  String password() throws IOException {
    Path file = folder.resolve("password");
    if (Files.exists(file) && Files.size(file) > 0) {
      return Files.readString(file).strip();
    }
    byte[] random = new byte[18];
    new SecureRandom().nextBytes(random);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    writeSecret(file, password);
    return password;
  }

  /** Writes a file with statements that the server runs when it starts, one a line. */
  Path writeInitFile(String statements) throws IOException {
    Path file = folder.resolve("init.sql");
    writeSecret(file, statements);
    return file;
  }

  private static void writeSecret(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    try (FileChannel out =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
      out.write(UTF_8.encode(text));
    }
  }

  /** Unlocks the folder. The data stay. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new EmbeddedMysqlException("Failed to unlock " + folder + ".", e);
    }
  }
}
