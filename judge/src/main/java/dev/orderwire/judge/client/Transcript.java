package dev.orderwire.judge.client;

import dev.orderwire.change.Ids;
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
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The messages between a client and its servers since the last round that passed, in a file. For
 * one thread at a time.
 */
public final class Transcript implements AutoCloseable {
  private static final int LONGEST_LINE = 2_000;
  private static final int FEW_CHANGES = 3;
  private static final int NEWEST_LINES = 4;
  private static final int LONGEST_NEWEST_LINE = 300;

  private final Path file;
  private final ArrayDeque<String> newest = new ArrayDeque<>();
  private @Nullable Writer writer;

  public Transcript(Path file) {
    this.file = file;
  }

  void received(String message) {
    add("< " + message);
  }

  void sent(String message) {
    add("> " + message);
  }

  void note(String what) {
    add("# " + what);
  }

  /** Adds the ids of changes as ranges, unless there are so few that no line is shortened. */
  void noteIds(JsonNode changes) {
    if (changes.size() > FEW_CHANGES) {
      TreeSet<Long> sorted = new TreeSet<>();
      changes.forEach(change -> {
        if (!change.path("id").isNull()) {
          sorted.add(change.path("id").asLong());
        }
      });
      Ids.Builder ids = new Ids.Builder();
      sorted.forEach(id -> ids.add(id, id));
      note(
          ids.build().ranges().stream()
              .map(range -> range.first() + "-" + range.last())
              .collect(Collectors.joining(" ", "ids ", "")));
    }
  }

  private void add(String line) {
    newest.add(shortened(line, LONGEST_NEWEST_LINE));
    if (newest.size() > NEWEST_LINES) {
      newest.remove();
    }
    try {
      if (writer == null) {
        writer =
            Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
      writer.write(LocalTime.now(ZoneOffset.UTC) + " " + shortened(line, LONGEST_LINE) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String shortened(String line, int length) {
    if (line.length() <= length) {
      return line;
    }
    // Do not cut a surrogate pair.
    int half = length / 2;
    int head = Character.isHighSurrogate(line.charAt(half - 1)) ? half - 1 : half;
    int tail = line.length() - half;
    tail = Character.isLowSurrogate(line.charAt(tail)) ? tail + 1 : tail;
    return line.substring(0, head) + " … " + line.substring(tail);
  }

  /** The newest lines, shortened. */
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

  /** Deletes everything so far. */
  void clear() {
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
