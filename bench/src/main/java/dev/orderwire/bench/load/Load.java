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
 * Groups of WebSocket clients in {@link LoadGenerator} processes. There are as many processes as
 * the clients need, because a process may open a limited number of sockets. For one thread, except
 * {@link #close}.
 */
public final class Load implements AutoCloseable {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  /** A load generator has one thread, and makes next to no garbage. */
  private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx1g");

  private final Path folder;
  private final int maxSockets;
  private final List<Generator> generators = new ArrayList<>();

  /**
   * @param folder the folder for the processes' logs
   */
  public Load(Path folder) {
    this(folder, LoadGenerator.MAX_SOCKETS);
  }

  /**
   * Creates a load with another limit.
   *
   * @param maxSockets how many sockets one process may open
   */
  Load(Path folder, int maxSockets) {
    this.folder = folder;
    this.maxSockets = maxSockets;
  }

  /** A process, with the number of its clients in each group. */
  private record Generator(ChildJvm process, Map<String, Integer> groups) {
    int sockets() {
      return groups.values().stream().mapToInt(n -> n).sum();
    }
  }

  /**
   * Connects clients that subscribe by their URL, and returns when all are served: when they are
   * subscribed or, if the URL asks for a snapshot, when they have received it. Disconnects an
   * earlier group of that name.
   *
   * @return the time from the first connect until the last client was served
   * @throws IllegalStateException if not all are served within three minutes
   */
  public Duration connect(String group, int count, int perSecond, URI uri) {
    return connect(group, count, perSecond, uri, 0, 0, false, "");
  }

  /**
   * Connects clients that each have a token and an address of their own.
   *
   * @param tokens a file with a token a line, at least as many as clients
   * @param divided whether each change concerns one client, and not all
   * @see #connect(String, int, int, URI)
   */
  public Duration connectWithTokens(
      String group, int count, int perSecond, URI uri, Path tokens, boolean divided) {
    return connect(group, count, perSecond, uri, 0, 0, divided, tokens.toString());
  }

  /**
   * Connects clients that each subscribe to {@code viewsEach} views {@code {"id":n}}.
   *
   * @param firstId the n of the first client's first view; the n of all views count up from it
   * @see #connect(String, int, int, URI)
   */
  public Duration connectViews(
      String group, int count, int perSecond, URI uri, int viewsEach, long firstId) {
    return connect(group, count, perSecond, uri, viewsEach, firstId, true, "");
  }

  private Duration connect(
      String group,
      int count,
      int perSecond,
      URI uri,
      int viewsEach,
      long from,
      boolean divided,
      String tokens) {
    generators.forEach(generator -> generator.groups.remove(group));
    int connected = 0;
    for (int i = 0; connected < count; i++) {
      if (i == generators.size()) {
        generators.add(start(i));
      }
      Generator generator = generators.get(i);
      int share = Math.min(count - connected, maxSockets - generator.sockets());
      if (share > 0) {
        generator.groups.put(group, share);
        long first = from + (long) connected * Math.max(1, viewsEach);
        int rate = Math.max(1, (int) ((long) perSecond * share / count));
        generator.process.send(
            "connect %s %d %d %s %d %d %s %s"
                .formatted(group, share, rate, uri, viewsEach, first, divided, tokens));
        connected += share;
      }
    }
    return awaitServed(group);
  }

  /**
   * The first process connects from any address, each later one from an address of its own, as an
   * address has a limited number of ports.
   */
  private Generator start(int index) {
    List<String> source = index == 0 ? List.of() : List.of("127.0.0." + (index + 1));
    try {
      return new Generator(
          ChildJvm.start(
              ChildJvm.optionsOfLoad(JVM),
              LoadGenerator.class.getName(),
              source,
              Map.of(),
              folder.resolve("load-" + index + ".log")),
          new LinkedHashMap<>());
    } catch (IOException e) {
      throw new IllegalStateException("failed to start a load generator", e);
    }
  }

  /**
   * Disconnects all clients of a group at once, and connects them again.
   *
   * @return the time until the last client was served
   */
  public Duration reconnect(String group, int perSecond) {
    List<Generator> processes = generatorsOf(group);
    int rate = Math.max(1, perSecond / processes.size());
    processes.forEach(generator -> generator.process.send("reconnect " + group + " " + rate));
    return awaitServed(group);
  }

  private Duration awaitServed(String group) {
    return generatorsOf(group).stream()
        .map(generator -> Duration.ofNanos(Long.parseLong(generator.process.receive())))
        .max(Duration::compareTo)
        .orElseThrow();
  }

  private List<Generator> generatorsOf(String group) {
    return generators.stream().filter(each -> each.groups.containsKey(group)).toList();
  }

  /** Makes the clients of a group stop reading, as clients that hang do. */
  public void pause(String group) {
    ask(group, "pause " + group);
  }

  public void resume(String group) {
    ask(group, "resume " + group);
  }

  /** Resets the counters of a group, but not the sequence numbers that it has received. */
  public void clear(String group) {
    ask(group, "clear " + group);
  }

  /**
   * What the group has received since it was last cleared.
   *
   * @param from the sequence number of the first change that all should have
   * @param to one more than that of the last
   */
  public LoadReport report(String group, int from, int to) {
    return LoadReport.sum(
        ask(group, "report %s %d %d".formatted(group, from, to)).stream()
            .map(LoadReport::read)
            .toList());
  }

  /**
   * Waits until nothing is missing, at most for {@code within}, and returns the last report.
   *
   * @see #report
   */
  public LoadReport await(String group, int from, int to, Duration within)
      throws InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    LoadReport report = report(group, from, to);
    while (report.missing() > 0 && System.nanoTime() < end) {
      Thread.sleep(POLL_INTERVAL);
      report = report(group, from, to);
    }
    return report;
  }

  private List<String> ask(String group, String line) {
    List<Generator> processes = generatorsOf(group);
    processes.forEach(generator -> generator.process.send(line));
    return processes.stream().map(generator -> generator.process.receive()).toList();
  }

  @Override
  public void close() {
    generators.forEach(generator -> generator.process.close());
  }
}
