package dev.orderwire.judge;

import dev.orderwire.judge.client.Client;
import dev.orderwire.judge.client.LogEnd;
import dev.orderwire.judge.client.Transcript;
import dev.orderwire.judge.cluster.Cluster;
import dev.orderwire.judge.cluster.Site;
import dev.orderwire.judge.cluster.TableTopics;
import dev.orderwire.judge.fault.FaultInjector;
import dev.orderwire.judge.fault.HostileGlobals;
import dev.orderwire.judge.fault.SchemaChanges;
import dev.orderwire.judge.policy.Policies;
import dev.orderwire.judge.policy.Revocations;
import dev.orderwire.judge.policy.Seal;
import dev.orderwire.judge.policy.Tokens;
import dev.orderwire.judge.run.Fault;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Patience;
import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.BranchSums;
import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.RandomViews;
import dev.orderwire.judge.table.TableLocks;
import dev.orderwire.judge.writer.Writer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run: MySQL, servers, writers, clients and faults. After each round of load the system settles,
 * and the round is checked.
 */
final class TestRun implements AutoCloseable {
  /** The servers repair what schema changes break within this time. */
  private static final Duration REPAIRS_WITHIN = Duration.ofSeconds(4);

  private static final Duration ACTORS_END_WITHIN = Duration.ofSeconds(10);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  private final Plan plan;
  private final Findings findings;
  private final Tally tally;
  private final Patience patience;
  private final Phase phase = new Phase();
  private final Database database;
  private final Cluster cluster;
  private final List<Writer> writers = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final FaultInjector faults;
  private final SchemaChanges schema;

  /** Null where there are no such topics. */
  private final @Nullable TopicCheck topics;

  /** Ends all processes of the run, however the judge exits. */
  private final Thread shutdownHook = new Thread(this::end);

  private boolean closed;
  private long checkedUpTo;
  private int rounds;

  /**
   * Starts everything.
   *
   * @param folder for MySQL's data and the logs
   */
  TestRun(Plan plan, Path folder, Findings findings, Tally tally)
      throws IOException, SQLException, InterruptedException {
    this.plan = plan;
    this.findings = findings;
    this.tally = tally;
    this.patience = new Patience(findings);
    Tokens tokens = new Tokens(plan.seed());
    Map<String, String> settings = plan.policies() ? Policies.settings(tokens.secret()) : Map.of();
    this.database =
        new Database(
            folder.resolve("mysql"),
            plan.topology().hasReplica() ? Database.REPLICATED : List.of());
    this.cluster = new Cluster(plan, new Site(database, settings, folder, findings, tally));
    Runtime.getRuntime().addShutdownHook(shutdownHook);
    database.create();
    BranchSums sums = BranchSums.read(database);
    HostileGlobals globals = new HostileGlobals(plan.seed(), database, tally);
    if (plan.faults().contains(Fault.SETTINGS)) {
      globals.change();
    }
    cluster.start(patience);
    TableLocks locks = new TableLocks();
    for (int i = 1; i <= plan.writers(); i++) {
      writers.add(
          new Writer(i, plan.seed(), database, phase, findings, tally, locks, plan.scale()));
    }
    this.faults = new FaultInjector(plan, database, globals, cluster, phase, findings, tally);
    TableTopics tableTopics = cluster.tableTopics().orElse(null);
    this.topics =
        tableTopics == null
            ? null
            : new TopicCheck(database, tableTopics, patience, findings, tally);
    this.schema = new SchemaChanges(plan, database, locks, phase, findings, tally);
    Policies policies = plan.policies() ? new Policies(Seal.read(database)) : null;
    RandomViews views = new RandomViews(schema::extraColumns);
    for (int i = 1; i <= plan.clients(); i++) {
      Transcript transcript = new Transcript(folder.resolve("client-" + i + ".log"));
      clients.add(
          new Client(
              i,
              plan,
              cluster.endpoints(),
              views,
              sums,
              policies,
              tokens,
              new Revocations(database),
              phase,
              findings,
              tally,
              transcript));
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
              findings.add(Findings.Kind.JUDGE, name, "failed with " + e);
            })
            .start(actor));
  }

  int rounds() {
    return rounds;
  }

  /** Runs all rounds; ends early after a round with findings. */
  void run() throws SQLException, InterruptedException {
    long load = 0;
    while (load < plan.length().toMillis() && findings.isEmpty()) {
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
    boolean settled =
        patience.await("end of all faults", faults::isIdle)
            && patience.await("end of schema changes", schema::isIdle)
            && patience.await("end of all writes", () -> writers.stream().allMatch(Writer::isIdle))
            && patience.await("restart of the servers", cluster::areServersReady);
    if (settled) {
      check();
    }
  }

  private void check() throws SQLException, InterruptedException {
    if (schema.takeDroppedLog()) {
      checkedUpTo = 0;
    }
    LogEnd end;
    RoundCheck check;
    long deadline = System.nanoTime() + Patience.SETTLES_WITHIN.toNanos();
    do {
      if (System.nanoTime() > deadline) {
        findings.add(
            Findings.Kind.STUCK,
            "round " + rounds,
            "the servers keep writing to the change log without load");
        return;
      }
      // Before the end of the log is read: while a server repairs a dropped log, the new log is
      // there, and clients still have positions of the old one.
      if (!cluster.awaitUp(patience)) {
        return;
      }
      end = settledLogEnd();
      if (!awaitClients(end)) {
        return;
      }
      check = new RoundCheck(database);
      check.run(clients, checkedUpTo);
      // A server that repaired something meanwhile has sent resets, so the check is void.
    } while (!LogEnd.read(database, checkedUpTo).equals(end));
    check.report(tally);
    if (topics != null) {
      topics.run(end.head());
    }
    if (check.compared() == 0) {
      findings.add(Findings.Kind.JUDGE, "round " + rounds, "there was nothing to check");
    }
    if (findings.isEmpty()) {
      clients.forEach(Client::roundPassed);
    }
    checkedUpTo = end.head();
    System.err.printf(
        "round %d: %d changes, %s%n",
        rounds, end.ids().size(), findings.isEmpty() ? "passed" : "failed");
  }

  private boolean awaitClients(LogEnd end) throws InterruptedException {
    boolean reached = patience.await("clients at the end of the log", () -> haveReached(end));
    if (!reached) {
      clients.stream()
          .filter(client -> !client.hasReached(end))
          .forEach(client -> client.addFinding(Findings.Kind.STUCK, client.describeLag(end)));
    }
    return reached;
  }

  /** The end of the log, once the servers have had time to repair what schema changes broke. */
  private LogEnd settledLogEnd() throws SQLException, InterruptedException {
    Duration unchangedFor = plan.changesSchema() ? REPAIRS_WITHIN : Duration.ZERO;
    LogEnd end = LogEnd.read(database, checkedUpTo);
    long since = System.nanoTime();
    while (System.nanoTime() - since < unchangedFor.toNanos()) {
      Thread.sleep(POLL_INTERVAL);
      LogEnd next = LogEnd.read(database, checkedUpTo);
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

  @Override
  public void close() {
    end();
    Runtime.getRuntime().removeShutdownHook(shutdownHook);
  }

  private synchronized void end() {
    if (closed) {
      return;
    }
    closed = true;
    phase.end();
    threads.forEach(Thread::interrupt);
    cluster.close();
    try {
      // The fault injector may be restarting MySQL: it must not start after it was closed.
      for (Thread thread : threads) {
        thread.join(ACTORS_END_WITHIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    database.close();
  }
}
