package dev.orderwire.bench;

import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.Pacer;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.Watcher;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How one transaction that is left open affects all others: their delay before, while and after it
 * is open, the length of positions meanwhile, and the delay of its own changes once it commits. One
 * in twenty of the other transactions is rolled back.
 */
@Command(
    name = "open-transaction",
    description = "Measures the delay of others beside an open transaction.",
    mixinStandardHelpOptions = true)
final class OpenTransactionBench implements Callable<Integer> {
  private static final int WRITERS = 4;
  private static final int ROLLBACK_EVERY = 20;

  /** The inserts of the transaction that is left open. */
  private static final int OWN_INSERTS = 3;

  @Option(
      names = "--clients",
      defaultValue = "10",
      description = "clients, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "inserts a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--open",
      defaultValue = "600",
      description = "seconds for which the transaction stays open, default ${DEFAULT-VALUE}")
  private int open;

  @Option(
      names = "--beside",
      defaultValue = "150",
      description =
          "seconds without such a transaction, before and after, default ${DEFAULT-VALUE}")
  private int beside;

  @Mixin private final Output output = new Output();

  private long nextOrder = 1;

  @Override
  public Integer call() throws Exception {
    Rig.run(rig -> output.write(rig, measure(rig)));
    return 0;
  }

  private Figures measure(Rig rig) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient();
        Connection leftOpen = rig.connect()) {
      PrintStream out = System.out;
      load(rig, http, Duration.ofSeconds(20));
      out.println("== before the transaction");
      Arrivals before = load(rig, http, Duration.ofSeconds(beside));
      before.print(out);

      PositionSampler positions = new PositionSampler(http, rig.server().health());
      Arrivals own = new Arrivals(clients, OWN_INSERTS, nextOrder);
      List<Watcher> watchers = own.watch(http, rig.server().websocket());
      leftOpen.setAutoCommit(false);
      for (int order = 0; order < OWN_INSERTS; order++) {
        insert(leftOpen, nextOrder++);
      }
      out.println("== while it is open");
      Thread sampling = Thread.ofPlatform().daemon().start(positions);
      Arrivals whileOpen = load(rig, http, Duration.ofSeconds(open));
      whileOpen.print(out);
      sampling.interrupt();
      sampling.join();
      positions.print(out);
      long began = System.nanoTime();
      leftOpen.commit();
      for (int order = 0; order < OWN_INSERTS; order++) {
        own.inserted(order, began, System.nanoTime());
      }
      if (!own.await(Duration.ofSeconds(60))) {
        throw new IllegalStateException(
            "the transaction's own changes are still missing a minute after its COMMIT");
      }
      watchers.forEach(Watcher::close);
      out.println("== its own changes, from its COMMIT");
      own.print(out);

      out.println("== after the transaction");
      Arrivals after = load(rig, http, Duration.ofSeconds(beside));
      after.print(out);

      Figures figures = new Figures().add("clients", "clients", clients, "");
      before.addTo(figures, "without", "delay from before the INSERT, before the transaction");
      whileOpen.addTo(figures, "open", "delay while it is open");
      after.addTo(figures, "again", "delay after it");
      own.addTo(figures, "own", "delay of its own changes, from its COMMIT");
      positions.addTo(figures);
      return figures;
    }
  }

  private Arrivals load(Rig rig, HttpClient http, Duration duration) throws Exception {
    int each = (int) (duration.toSeconds() * rate / WRITERS);
    Arrivals arrivals = new Arrivals(clients, each * WRITERS, nextOrder);
    List<Watcher> watchers = arrivals.watch(http, rig.server().websocket());
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int first = writer * each;
        running.add(
            threads.submit(() -> {
              write(rig, arrivals, first, each);
              return null;
            }));
      }
      for (Future<?> writer : running) {
        writer.get();
      }
      if (!arrivals.await(Duration.ofSeconds(60))) {
        watchers.forEach(Watcher::requireOpen);
        throw new IllegalStateException("changes are still missing a minute after the last INSERT");
      }
    } finally {
      watchers.forEach(Watcher::close);
      nextOrder += (long) each * WRITERS;
    }
    return arrivals;
  }

  private void write(Rig rig, Arrivals arrivals, int first, int count) throws SQLException {
    try (Connection writer = rig.connect();
        Connection rolledBack = rig.connect()) {
      rolledBack.setAutoCommit(false);
      Pacer pace = Pacer.of(rate, WRITERS);
      for (int order = first; order < first + count; order++) {
        pace.await();
        if (order % ROLLBACK_EVERY == 0) {
          insert(rolledBack, arrivals.firstOrder() + order);
          rolledBack.rollback();
        }
        long start = System.nanoTime();
        insert(writer, arrivals.firstOrder() + order);
        arrivals.inserted(order, start, System.nanoTime());
      }
    }
  }

  private static void insert(Connection connection, long id) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO orders (id, customer_name, product_name, status)"
                + " VALUES (?, 'Ann', 'Laptop', 'pending')")) {
      insert.setLong(1, id);
      insert.executeUpdate();
    }
  }
}
