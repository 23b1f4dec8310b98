package dev.orderwire.bench;

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
 * What one transaction that is left open does to the others: their delay without it, while it is
 * open, and without it again; how long positions become meanwhile; and how soon its own changes
 * arrive once it commits. One in twenty of the others is rolled back.
 */
@Command(
    name = "open-transaction",
    description = "The delay of others beside a transaction that is left open.",
    mixinStandardHelpOptions = true)
final class OpenTransactionBench implements Callable<Integer> {
  private static final int WRITERS = 4;
  private static final int ROLLED_BACK = 20;
  private static final int OWN = 3;

  @Option(names = "--clients", defaultValue = "10", description = "default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "inserts a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--open",
      defaultValue = "600",
      description = "seconds that it stays open, default ${DEFAULT-VALUE}")
  private int open;

  @Option(
      names = "--beside",
      defaultValue = "150",
      description = "seconds without it, before and after, default ${DEFAULT-VALUE}")
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
        Connection forgotten = rig.connect()) {
      PrintStream out = System.out;
      load(rig, http, Duration.ofSeconds(20));
      out.println("== without it");
      Arrivals without = load(rig, http, Duration.ofSeconds(beside));
      without.print(out);

      Positions positions = new Positions(http, rig.server().health());
      Arrivals own = new Arrivals(clients, OWN, nextOrder);
      List<Watcher> watchers = own.watch(http, rig.server().websocket());
      forgotten.setAutoCommit(false);
      for (int order = 0; order < OWN; order++) {
        insert(forgotten, nextOrder++);
      }
      out.println("== while it is open");
      Thread watching = Thread.ofPlatform().daemon().start(positions);
      Arrivals whileOpen = load(rig, http, Duration.ofSeconds(open));
      whileOpen.print(out);
      watching.interrupt();
      watching.join();
      positions.print(out);
      long began = System.nanoTime();
      forgotten.commit();
      for (int order = 0; order < OWN; order++) {
        own.inserted(order, began, System.nanoTime());
      }
      if (!own.await(Duration.ofSeconds(60))) {
        throw new IllegalStateException("its own changes are missing");
      }
      watchers.forEach(Watcher::close);
      out.println("== its own changes, from its COMMIT");
      own.print(out);

      out.println("== without it again");
      Arrivals again = load(rig, http, Duration.ofSeconds(beside));
      again.print(out);

      Figures figures = new Figures().add("clients", "clients", clients, "");
      without.addTo(figures, "without", "before the INSERT to arrival without it");
      whileOpen.addTo(figures, "open", "while it is open");
      again.addTo(figures, "again", "without it again");
      own.addTo(figures, "own", "its own changes, from its COMMIT");
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
        watchers.forEach(Watcher::checkOpen);
        throw new IllegalStateException("arrivals are missing");
      }
    } finally {
      watchers.forEach(Watcher::close);
      nextOrder += (long) each * WRITERS;
    }
    return arrivals;
  }

  private void write(Rig rig, Arrivals arrivals, int first, int count) throws SQLException {
    try (Connection writer = rig.connect();
        Connection undecided = rig.connect()) {
      undecided.setAutoCommit(false);
      Pace pace = Pace.of(rate, WRITERS);
      for (int order = first; order < first + count; order++) {
        pace.await();
        if (order % ROLLED_BACK == 0) {
          insert(undecided, arrivals.firstOrder() + order);
          undecided.rollback();
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
