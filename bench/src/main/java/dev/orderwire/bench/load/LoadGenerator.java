package dev.orderwire.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The process that holds the clients. It reads one command a line and answers each with one line,
 * which begins with {@code failed} if the command failed:
 *
 * <pre>
 * connect GROUP COUNT PER_SECOND URI VIEWS FIRST DIVIDED TOKENS
 *                              answers the nanoseconds until all were served; see {@link Target}.
 *                              TOKENS is a file with a token a line, from the client of number 0
 *                              on, or empty
 * reconnect GROUP PER_SECOND   the same, after disconnecting all at once
 * pause GROUP, resume GROUP    stops reading, and reads again
 * clear GROUP                  resets the counters
 * report GROUP FROM TO         see {@link LoadReport}
 * </pre>
 *
 * It ends when its input ends, as it does when the parent dies, and in any case after an hour.
 */
public final class LoadGenerator {
  /** Fits into the usual limit of open files, and into the ports of one address. */
  static final int MAX_SOCKETS = 15_000;

  /** A path may have spaces, and is the last word. */
  private static final int CONNECT_WORDS = 9;

  private static final Duration MAX_LIFETIME = Duration.ofHours(1);
  private static final Duration SERVES_WITHIN = Duration.ofMinutes(3);

  private final LoadLoop loop;
  private final PrintStream out;
  private final Map<String, LoadGroup> groups = new HashMap<>();

  private LoadGenerator(LoadLoop loop, PrintStream out) {
    this.loop = loop;
    this.out = out;
  }

  /**
   * Runs the process.
   *
   * @param arguments the address to connect from, or none for any
   */
  public static void main(String[] arguments) throws IOException {
    LoadLoop loop =
        new LoadLoop(arguments.length == 0 ? null : new InetSocketAddress(arguments[0], 0));
    LoadGenerator generator = new LoadGenerator(loop, System.out);
    Thread.ofPlatform().daemon().start(generator::listen);
    Thread.ofPlatform().daemon().start(generator::endAfterMaxLifetime);
    loop.run();
  }

  private void listen() {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    commands.lines().forEach(line -> loop.execute(() -> answer(line.split(" ", CONNECT_WORDS))));
    loop.execute(loop::end);
  }

  private void endAfterMaxLifetime() {
    try {
      Thread.sleep(MAX_LIFETIME);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loop.execute(loop::end);
  }

  private void answer(String[] words) {
    try {
      switch (words[0]) {
        case "connect" -> connect(words);
        case "reconnect" -> connect(group(words), Integer.parseInt(words[2]));
        case "pause" -> {
          group(words).pause(true);
          out.println("paused");
        }
        case "resume" -> {
          group(words).pause(false);
          out.println("resumed");
        }
        case "clear" -> {
          group(words).clear();
          out.println("cleared");
        }
        case "report" ->
            out.println(
                group(words).report(Integer.parseInt(words[2]), Integer.parseInt(words[3])).line());
        default -> out.println("failed: unknown command " + words[0]);
      }
    } catch (IllegalArgumentException | UncheckedIOException e) {
      out.println("failed: " + e.getMessage());
    }
  }

  private LoadGroup group(String[] words) {
    LoadGroup group = groups.get(words[1]);
    if (group == null) {
      throw new IllegalArgumentException("unknown group " + words[1]);
    }
    return group;
  }

  private void connect(String[] words) {
    int count = Integer.parseInt(words[2]);
    LoadGroup before = groups.remove(words[1]);
    if (before != null) {
      before.abort();
    }
    int open = groups.values().stream().mapToInt(LoadGroup::count).sum();
    if (open + count > MAX_SOCKETS) {
      throw new IllegalArgumentException(
          "a load generator holds at most %,d sockets, and has %,d already: start another one"
              .formatted(MAX_SOCKETS, open));
    }
    long first = Long.parseLong(words[6]);
    Target target =
        new Target(
            URI.create(words[4]),
            Integer.parseInt(words[5]),
            first,
            Boolean.parseBoolean(words[7]),
            words[8].isEmpty() ? List.of() : tokens(Path.of(words[8]), first, count));
    LoadGroup group = new LoadGroup(target, count);
    groups.put(words[1], group);
    connect(group, Integer.parseInt(words[3]));
  }

  private static List<String> tokens(Path file, long first, int count) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.skip(first).limit(count).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void connect(LoadGroup group, int perSecond) {
    loop.connect(
        group,
        perSecond,
        SERVES_WITHIN.toNanos(),
        failure -> out.println(failure == null ? group.nanosToServe() : "failed: " + failure));
  }
}
