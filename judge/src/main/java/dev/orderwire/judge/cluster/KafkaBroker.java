package dev.orderwire.judge.cluster;

import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * A broker of Kafka. A client asks a broker where to connect to; so the broker has a port for each
 * server, at which it answers with the address of that server's link.
 */
final class KafkaBroker implements Broker, TableTopics {
  /** The topic of moments, as the servers' settings have it by default. */
  private static final String MOMENTS = "orderwire";

  private static final String POSITIONS = "orderwire-positions";
  private static final String TABLES = "orderwire[.].*";

  /** A consumer of the judge has its place from one read to the next. */
  private static final String GROUP = "judge";

  /** A consumer reads until there is nothing for so long. */
  private static final Duration SILENT_FOR = Duration.ofSeconds(4);

  private static final int PORTS_OF_ITS_OWN = 2;

  private final Tally tally;

  /** Those that no server has yet. */
  private final Deque<Link> links = new ArrayDeque<>();

  private final KafkaProcess process;
  private volatile boolean lostTables;

  /**
   * Starts it.
   *
   * @param folder for its data and log; created
   * @param servers how many have a link to it
   */
  KafkaBroker(Path folder, int servers, Tally tally) throws IOException {
    this.tally = tally;
    List<Integer> ports = KafkaProcess.freePorts(PORTS_OF_ITS_OWN + servers);
    List<Integer> linked = new ArrayList<>();
    for (int port : ports.subList(PORTS_OF_ITS_OWN, ports.size())) {
      Link link = new Link(_ -> port);
      links.add(link);
      linked.add(link.port());
    }
    this.process = new KafkaProcess(folder, ports, linked);
  }

  @Override
  public synchronized Link newLink() {
    return links.remove();
  }

  @Override
  public Map<String, String> settings(int link) {
    return Map.of("ORDERWIRE_BUS_URL", "kafka://127.0.0.1:" + link);
  }

  @Override
  public void fail(SeededRandom random, Phase phase) throws InterruptedException {
    Duration time = Duration.ofMillis(random.between(0, 6_000));
    int kept = random.below(100);
    try {
      switch (random.below(6)) {
        case 0, 1 -> {
          count("killed");
          process.kill();
          phase.pause(time);
          process.restart();
        }
        case 2, 3 -> {
          count("stopped and continued");
          process.suspend();
          phase.pause(time);
          process.resume();
        }
        case 4 -> {
          count("killed, and the newest moments lost");
          process.kill();
          phase.pause(time);
          truncate(kept);
          process.restart();
        }
        default -> {
          count("killed, and its data lost");
          process.kill();
          phase.pause(time);
          restartEmpty();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void count(String what) {
    tally.count(Tally.Group.FAULTS, "kafka: " + what);
  }

  /**
   * Cuts the newest segment of the topic of moments off anywhere, as a machine does that loses its
   * power before it has written all to disk. The topics of tables stay as they are: they and the
   * broker's own topics depend on each other, and a broker that has lost a part of them keeps no
   * promise.
   *
   * @param kept how many percent stay
   */
  void truncate(int kept) throws IOException {
    Path segment = process.newestSegment(MOMENTS).orElse(null);
    if (segment != null) {
      try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
        file.truncate(file.size() * kept / 100);
      }
    }
  }

  void restartEmpty() throws IOException {
    lostTables = true;
    process.restartEmpty();
  }

  KafkaProcess process() {
    return process;
  }

  @Override
  public boolean takeLost() {
    boolean lost = lostTables;
    lostTables = false;
    return lost;
  }

  @Override
  public boolean isWritten() throws IOException, InterruptedException {
    return !process
        .console("--topic", POSITIONS, "--max-messages", "1", "--timeout-ms", silence())
        .isEmpty();
  }

  @Override
  public List<String> read() throws IOException, InterruptedException {
    return process.console("--include", TABLES, "--group", GROUP, "--timeout-ms", silence());
  }

  private static String silence() {
    return String.valueOf(SILENT_FOR.toMillis());
  }

  @Override
  public synchronized void close() {
    process.close();
    links.forEach(Link::close);
  }
}
