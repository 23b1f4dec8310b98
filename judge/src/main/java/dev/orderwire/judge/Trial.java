package dev.orderwire.judge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A run: a MySQL, servers, writers, clients and faults; rounds of load, after each of which all
 * comes to rest and is judged.
 */
final class Trial implements AutoCloseable {
  /** What works at all is done well within this, on any machine. */
  private static final Duration COMES_TO_REST = Duration.ofMinutes(3);

  private static final Duration ACTORS_END_WITHIN = Duration.ofSeconds(10);
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(50);

  private final Plan plan;
  private final Findings findings;
  private final Tally tally;
  private final Phase phase = new Phase();
  private final Database database;
  private final List<Server> servers = new ArrayList<>();
  private final List<Writer> writers = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Faults faults;
  private final SchemaChanges schema;

  /** Nothing of a run outlives it, however it ends. */
  private final Thread atExit = new Thread(this::end);

  private final HttpClient http = HttpClient.newHttpClient();
  private boolean closed;
  private long judgedUpTo;
  private int rounds;

  /**
   * Starts everything.
   *
   * @param folder for MySQL's data and the logs
   */
  Trial(Plan plan, Path folder, Findings findings, Tally tally)
      throws IOException, SQLException, InterruptedException {
    this.plan = plan;
    this.findings = findings;
    this.tally = tally;
    this.database = new Database(folder.resolve("mysql"));
    Runtime.getRuntime().addShutdownHook(atExit);
    database.create();
    Sums sums = Sums.read(database);
    for (int i = 1; i <= plan.servers(); i++) {
      servers.add(new Server(i, database, folder, findings, tally));
      // One after the other: the first one installs.
      await("its start", servers.getLast()::isReady);
    }
    Gates gates = new Gates();
    for (int i = 1; i <= plan.writers(); i++) {
      writers.add(
          new Writer(i, plan.seed(), database, phase, findings, tally, gates, plan.scale()));
    }
    this.faults = new Faults(plan, database, servers, phase, findings, tally);
    this.schema = new SchemaChanges(plan, database, gates, phase, findings, tally);
    Wishes wishes = new Wishes(schema::extraColumns);
    for (int i = 1; i <= plan.clients(); i++) {
      Transcript transcript = new Transcript(folder.resolve("client-" + i + ".log"));
      clients.add(new Client(i, plan, servers, wishes, sums, phase, findings, tally, transcript));
    }
    for (int i = 0; i < writers.size(); i++) {
      start("writer-" + (i + 1), writers.get(i));
    }
    clients.forEach(client -> start(client.toString(), client));
    start("faults", faults);
    start("schema", schema);
  }

  private void start(String name, Runnable actor) {
    threads.add(
        Thread.ofPlatform()
            .name(name)
            .daemon()
            .uncaughtExceptionHandler((_, e) -> {
              e.printStackTrace();
              findings.add(Findings.Kind.JUDGE, name, "ended with " + e);
            })
            .start(actor));
  }

  int rounds() {
    return rounds;
  }

  /** All rounds; ends early where one finds something. */
  void run() throws SQLException, InterruptedException {
    long load = 0;
    while (load < plan.length().toMillis() && findings.none()) {
      Duration round =
          Duration.ofMillis(Math.min(plan.round().toMillis(), plan.length().toMillis() - load));
      round(round);
      load += round.toMillis();
    }
  }

  private void round(Duration length) throws SQLException, InterruptedException {
    rounds++;
    phase.load();
    phase.pause(length);
    phase.settle();
    boolean rests =
        await("the faults' end", faults::isIdle)
            && await("the schema changes' end", schema::isIdle)
            && await("the writers' end", () -> writers.stream().allMatch(Writer::isIdle))
            && await("the servers' return", () -> servers.stream().allMatch(Server::isReady));
    if (rests) {
      judge();
    }
  }

  private void judge() throws SQLException, InterruptedException {
    if (schema.droppedLog()) {
      judgedUpTo = 0;
    }
    LogEnd end;
    Verdict verdict;
    long latest = System.nanoTime() + COMES_TO_REST.toNanos();
    do {
      if (System.nanoTime() > latest) {
        findings.add(
            Findings.Kind.STUCK, "round " + rounds, "servers write to the log on and on, alone");
        return;
      }
      end = logAtRest();
      if (!awaitArrival(end)) {
        return;
      }
      verdict = new Verdict(database);
      verdict.pronounce(clients, judgedUpTo);
      // A server that healed something meanwhile has given clients their rows anew.
    } while (!LogEnd.now(database, judgedUpTo).equals(end));
    verdict.tell(tally);
    if (verdict.compared() == 0) {
      findings.add(Findings.Kind.JUDGE, "round " + rounds, "there was nothing to judge");
    }
    for (Server server : servers) {
      await("a healthy " + server, () -> isUp(server));
    }
    if (findings.none()) {
      clients.forEach(Client::judged);
    }
    judgedUpTo = end.head();
    System.err.printf(
        "round %d: %d changes, %s%n",
        rounds, end.ids().size(), findings.none() ? "all right" : "with findings");
  }

  private boolean awaitArrival(LogEnd end) throws InterruptedException {
    boolean arrived = await("the clients' arrival", () -> haveReached(end));
    if (!arrived) {
      clients.stream()
          .filter(client -> !client.hasReached(end))
          .forEach(client -> client.accuse(Findings.Kind.STUCK, client.missing(end)));
    }
    return arrived;
  }

  /** The servers heal what schema changes break, and say so in the log, while nobody writes too. */
  private LogEnd logAtRest() throws SQLException, InterruptedException {
    Duration healsWithin = plan.changesTheSchema() ? Duration.ofSeconds(4) : Duration.ZERO;
    LogEnd end = LogEnd.now(database, judgedUpTo);
    long since = System.nanoTime();
    while (System.nanoTime() - since < healsWithin.toNanos()) {
      Thread.sleep(LOOK_AGAIN_AFTER);
      LogEnd next = LogEnd.now(database, judgedUpTo);
      if (!next.equals(end)) {
        end = next;
        since = System.nanoTime();
      }
    }
    return end;
  }

  private boolean haveReached(LogEnd end) {
    Set<String> epochs = new HashSet<>();
    clients.forEach(client -> epochs.addAll(client.epochs()));
    return epochs.size() == 1 && clients.stream().allMatch(client -> client.hasReached(end));
  }

  private boolean isUp(Server server) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/health")).build();
    String health =
        http.sendAsync(request, BodyHandlers.ofString())
            .get(ANSWERS_WITHIN.toSeconds(), TimeUnit.SECONDS)
            .body();
    return Json.parse(health).path("status").asString().equals("up");
  }

  private boolean await(String what, Callable<Boolean> condition) throws InterruptedException {
    long end = System.nanoTime() + COMES_TO_REST.toNanos();
    String failure = "it did not come";
    while (System.nanoTime() < end) {
      try {
        if (condition.call()) {
          return true;
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        failure = e.toString();
      }
      Thread.sleep(LOOK_AGAIN_AFTER);
    }
    findings.add(
        Findings.Kind.STUCK, what, failure + " within " + COMES_TO_REST.toSeconds() + " s");
    return false;
  }

  @Override
  public void close() {
    end();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private synchronized void end() {
    if (closed) {
      return;
    }
    closed = true;
    phase.end();
    threads.forEach(Thread::interrupt);
    servers.forEach(Server::close);
    try {
      // MySQL may be on its way up just now: it must not come up after it was closed.
      for (Thread thread : threads) {
        thread.join(ACTORS_END_WITHIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    database.close();
    http.shutdownNow();
  }
}
