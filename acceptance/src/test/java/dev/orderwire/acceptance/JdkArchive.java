package dev.orderwire.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A JDK as Adoptium packs it.
 *
 * @param checksum its SHA-256
 */
record JdkArchive(Path file, String checksum) {
  private static final Path RUNNING = Path.of(System.getProperty("java.home"));

  /** The JDK that runs this test. */
  static JdkArchive ofThisJdk(Path folder) {
    return pack(
        folder, RUNNING.resolveSibling(""), RUNNING.getFileName().toString(), "--exclude=src.zip");
  }

  /** A JDK whose programs are those of the JDK that runs this test. */
  static JdkArchive small(Path folder, String home) {
    return small(folder, home, "exec '%s/bin/java' \"$@\"".formatted(RUNNING));
  }

  /**
   * A JDK of scripts.
   *
   * @param home its folder in the archive
   */
  static JdkArchive small(Path folder, String home, String java) {
    try {
      Path bin = Files.createDirectories(folder.resolve("jdk-25.0.4.1+1" + home).resolve("bin"));
      for (String program : List.of("java", "javac")) {
        Path script = Files.writeString(bin.resolve(program), "#!/bin/sh\n" + java + "\n");
        if (!script.toFile().setExecutable(true)) {
          throw new IOException("cannot make " + script + " executable");
        }
      }
      Files.writeString(bin.resolveSibling("release"), "JAVA_VERSION=\"25.0.4.1\"\n");
      return pack(folder, folder, "jdk-25.0.4.1+1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JdkArchive pack(Path folder, Path parent, String name, String... options) {
    Path file = folder.resolve("jdk.tar.gz");
    List<String> tar = new ArrayList<>(List.of("tar", "-C", parent.toString()));
    tar.addAll(List.of(options));
    tar.addAll(List.of("--use-compress-program", "gzip -1", "-cf", file.toString(), name));
    try {
      if (new ProcessBuilder(tar).inheritIO().start().waitFor() != 0) {
        throw new IllegalStateException("cannot pack " + name);
      }
      return new JdkArchive(file, sha256(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
