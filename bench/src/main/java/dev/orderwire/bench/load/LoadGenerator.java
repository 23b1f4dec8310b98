package dev.orderwire.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The process that holds clients. It reads one command a line and answers each with one line, which
 * begins with {@code failed} where it did not go well:
 *
 * <pre>
 * connect GROUP COUNT PER_SECOND URI VIEWS FIRST_ID   answers the nanoseconds until all were served
 * reconnect GROUP PER_SECOND                          the same, after all were cut off at once
 * pause GROUP, resume GROUP                           stops to read, and reads on
 * clear GROUP                                         counts anew
 * report GROUP FROM TO                                see {@link LoadReport}
 * </pre>
 *
 * It ends when its input does, as that of a dead parent does, and in any case after an hour.
 */
public final class LoadGenerator {
  /** What leaves room in the limit of open files that is usual, and in the ports of an address. */
  static final int MOST_SOCKETS = 15_000;

  private static final Duration LIVES = Duration.ofHours(1);
  private static final Duration SERVES_WITHIN = Duration.ofMinutes(3);

  private final LoadLoop loop;
  private final PrintStream out;
  private final Map<String, LoadGroup> groups = new HashMap<>();

  private LoadGenerator(LoadLoop loop, PrintStream out) {
    this.loop = loop;
    this.out = out;
  }

  /**
   * The process.
   *
   * @param arguments the address to connect from, or nothing
   */
  public static void main(String[] arguments) throws IOException {
    LoadLoop loop =
        new LoadLoop(arguments.length == 0 ? null : new InetSocketAddress(arguments[0], 0));
    LoadGenerator generator = new LoadGenerator(loop, System.out);
    Thread.ofPlatform().daemon().start(generator::listen);
    Thread.ofPlatform().daemon().start(generator::endInTime);
    loop.run();
  }

  private void listen() {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    commands.lines().forEach(line -> loop.tell(() -> answer(line.split(" ", -1))));
    loop.tell(loop::end);
  }

  private void endInTime() {
    try {
      Thread.sleep(LIVES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loop.tell(loop::end);
  }

  private void answer(String[] words) {
    try {
      switch (words[0]) {
        case "connect" -> connect(words);
        case "reconnect" -> open(group(words), Integer.parseInt(words[2]));
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
        default -> out.println("failed: there is no command " + words[0]);
      }
    } catch (IllegalArgumentException e) {
      out.println("failed: " + e.getMessage());
    }
  }

  private LoadGroup group(String[] words) {
    LoadGroup group = groups.get(words[1]);
    if (group == null) {
      throw new IllegalArgumentException("there is no group " + words[1]);
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
    if (open + count > MOST_SOCKETS) {
      throw new IllegalArgumentException(
          "a load generator holds %,d sockets at the most, and has %,d already: take another one"
              .formatted(MOST_SOCKETS, open));
    }
    Target target =
        new Target(URI.create(words[4]), Integer.parseInt(words[5]), Long.parseLong(words[6]));
    LoadGroup group = new LoadGroup(target, count);
    groups.put(words[1], group);
    open(group, Integer.parseInt(words[3]));
  }

  private void open(LoadGroup group, int perSecond) {
    loop.open(
        group,
        perSecond,
        SERVES_WITHIN.toNanos(),
        failure -> out.println(failure == null ? group.nanosToServe() : "failed: " + failure));
  }
}
