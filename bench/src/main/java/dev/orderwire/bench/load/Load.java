package dev.orderwire.bench.load;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Groups of WebSocket clients, in as many {@link LoadGenerator} processes as their number needs:
 * one process may hold no more sockets than it may have files open. For one thread, but for {@link
 * #close}.
 */
public final class Load implements AutoCloseable {
  private static final Duration ASKS_AGAIN_AFTER = Duration.ofMillis(50);

  /** One thread, next to no garbage. */
  private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx1g");

  private final Path folder;
  private final int most;
  private final List<Generator> generators = new ArrayList<>();

  /**
   * @param folder where the processes' logs go
   */
  public Load(Path folder) {
    this(folder, LoadGenerator.MOST_SOCKETS);
  }

  /**
   * With a bound of its own.
   *
   * @param most how many sockets one process is to hold
   */
  Load(Path folder, int most) {
    this.folder = folder;
    this.most = most;
  }

  /** A process, and how many clients of which group it has. */
  private record Generator(ChildJvm process, Map<String, Integer> groups) {
    int sockets() {
      return groups.values().stream().mapToInt(n -> n).sum();
    }
  }

  /**
   * Connects clients that subscribe by their URL, and returns when all are served: subscribed or,
   * where the URL asks for one, with their snapshot. A group of that name that was there before is
   * cut off.
   *
   * @return the time from the first step to the last client served
   * @throws IllegalStateException where not all are within three minutes
   */
  public Duration connect(String group, int count, int perSecond, URI uri) {
    return connect(group, count, perSecond, uri, 0, 0);
  }

  /**
   * Connects clients that each subscribe to so many views {@code {"id":n}}.
   *
   * @param firstId the first client's first n; the others count up from it
   * @see #connect(String, int, int, URI)
   */
  public Duration connectViews(
      String group, int count, int perSecond, URI uri, int viewsEach, long firstId) {
    return connect(group, count, perSecond, uri, viewsEach, firstId);
  }

  private Duration connect(
      String group, int count, int perSecond, URI uri, int viewsEach, long firstId) {
    generators.forEach(generator -> generator.groups.remove(group));
    int connected = 0;
    for (int i = 0; connected < count; i++) {
      if (i == generators.size()) {
        generators.add(start(i));
      }
      Generator generator = generators.get(i);
      int here = Math.min(count - connected, most - generator.sockets());
      if (here > 0) {
        generator.groups.put(group, here);
        long first = firstId + (long) connected * viewsEach;
        int rate = Math.max(1, (int) ((long) perSecond * here / count));
        generator.process.tell(
            "connect %s %d %d %s %d %d".formatted(group, here, rate, uri, viewsEach, first));
        connected += here;
      }
    }
    return slowest(group);
  }

  /** The first one connects from any address, each other one from an address of its own. */
  private Generator start(int index) {
    List<String> source = index == 0 ? List.of() : List.of("127.0.0." + (index + 1));
    try {
      return new Generator(
          ChildJvm.start(
              JVM,
              LoadGenerator.class.getName(),
              source,
              Map.of(),
              folder.resolve("load-" + index + ".log")),
          new LinkedHashMap<>());
    } catch (IOException e) {
      throw new IllegalStateException("a load generator cannot be started", e);
    }
  }

  /** Cuts all clients of a group off, and connects them again. */
  public Duration reconnect(String group, int perSecond) {
    List<Generator> with = with(group);
    int rate = Math.max(1, perSecond / with.size());
    with.forEach(generator -> generator.process.tell("reconnect " + group + " " + rate));
    return slowest(group);
  }

  private Duration slowest(String group) {
    return with(group).stream()
        .map(generator -> Duration.ofNanos(Long.parseLong(generator.process.answer())))
        .max(Duration::compareTo)
        .orElseThrow();
  }

  private List<Generator> with(String group) {
    return generators.stream().filter(each -> each.groups.containsKey(group)).toList();
  }

  /** Has a group stop to read, as a client does that hangs. */
  public void pause(String group) {
    ask(group, "pause " + group);
  }

  public void resume(String group) {
    ask(group, "resume " + group);
  }

  /** Counts anew, but for which changes came. */
  public void clear(String group) {
    ask(group, "clear " + group);
  }

  /**
   * What the group has had since it was last cleared.
   *
   * @param from the running number of the first change that all should have
   * @param to the one after the last
   */
  public LoadReport report(String group, int from, int to) {
    return LoadReport.sum(
        ask(group, "report %s %d %d".formatted(group, from, to)).stream()
            .map(LoadReport::read)
            .toList());
  }

  /**
   * The report once nothing is missing in it, or when that has taken too long.
   *
   * @see #report
   */
  public LoadReport await(String group, int from, int to, Duration within)
      throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    LoadReport report = report(group, from, to);
    while (report.missing() > 0 && System.nanoTime() < end) {
      Thread.sleep(ASKS_AGAIN_AFTER);
      report = report(group, from, to);
    }
    return report;
  }

  private List<String> ask(String group, String line) {
    List<Generator> with = with(group);
    with.forEach(generator -> generator.process.tell(line));
    return with.stream().map(generator -> generator.process.answer()).toList();
  }

  @Override
  public void close() {
    generators.forEach(generator -> generator.process.close());
  }
}
