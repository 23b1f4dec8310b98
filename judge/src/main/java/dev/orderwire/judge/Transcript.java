package dev.orderwire.judge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client and its server said to each other since the last round. For one thread at a time.
 */
final class Transcript implements AutoCloseable {
  private static final int KEPT_OF_A_LINE = 2_000;
  private static final int LINES_TOLD = 4;
  private static final int KEPT_OF_A_LINE_TOLD = 300;

  private final Path file;
  private final ArrayDeque<String> newest = new ArrayDeque<>();
  private @Nullable Writer writer;

  Transcript(Path file) {
    this.file = file;
  }

  void heard(String message) {
    add("< " + message);
  }

  void said(String message) {
    add("> " + message);
  }

  void note(String what) {
    add("# " + what);
  }

  private void add(String line) {
    newest.add(shortened(line, KEPT_OF_A_LINE_TOLD));
    if (newest.size() > LINES_TOLD) {
      newest.remove();
    }
    try {
      if (writer == null) {
        writer =
            Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
      writer.write(LocalTime.now(ZoneOffset.UTC) + " " + shortened(line, KEPT_OF_A_LINE) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String shortened(String line, int length) {
    if (line.length() <= length) {
      return line;
    }
    // Never half of a character.
    int half = length / 2;
    int head = Character.isHighSurrogate(line.charAt(half - 1)) ? half - 1 : half;
    int tail = line.length() - half;
    tail = Character.isLowSurrogate(line.charAt(tail)) ? tail + 1 : tail;
    return line.substring(0, head) + " … " + line.substring(tail);
  }

  /** The newest lines. */
  List<String> newest() {
    return List.copyOf(newest);
  }

  void flush() {
    try {
      if (writer != null) {
        writer.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was said up to now was all right. */
  void forget() {
    close();
    newest.clear();
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (writer != null) {
        writer.close();
        writer = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
