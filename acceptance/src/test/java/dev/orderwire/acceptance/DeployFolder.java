package dev.orderwire.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The files that users take from {@code deploy}. */
final class DeployFolder {
  private DeployFolder() {}

  /** The root of the repository. */
  static Path repository() {
    return Objects.requireNonNull(OrderwireProcess.launcher().getParent());
  }

  static Path file(String name) {
    return repository().resolve("deploy").resolve(name);
  }

  static String text(String name) {
    try {
      return Files.readString(file(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
