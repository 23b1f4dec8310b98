package dev.orderwire.judge.client;

import dev.orderwire.judge.policy.Policies;
import dev.orderwire.judge.policy.Revocations;
import dev.orderwire.judge.policy.Tokens;
import dev.orderwire.judge.policy.Tokens.Token;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.BranchSums;
import dev.orderwire.judge.table.RandomViews;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A client with random behaviour: it follows one or several views, reads fast, slowly or not at all
 * for a while, disconnects, and reconnects to any server. A lost connection is nothing unusual; the
 * client resumes. Its monitor guards its views, which the judge's thread reads too.
 */
public final class Client implements Runnable {
  private final String name;
  private final SeededRandom random;
  private final List<? extends Endpoint> servers;
  private final Phase phase;
  private final Tally tally;
  private final Transcript transcript;
  private final Transport transport;
  private final @Nullable Revocations revocations;
  private final Visit visit;
  private final Conversation conversation;
  private Endpoint server;

  /**
   * @param policies null where servers ask nobody who it is
   */
  public Client(
      int number,
      Plan plan,
      List<? extends Endpoint> servers,
      RandomViews randomViews,
      BranchSums sums,
      @Nullable Policies policies,
      Tokens tokens,
      @Nullable Revocations revocations,
      Phase phase,
      Findings findings,
      Tally tally,
      Transcript transcript) {
    this.name = "client-" + number;
    this.random = new SeededRandom(plan.seed(), name);
    this.servers = servers;
    this.phase = phase;
    this.tally = tally;
    this.transcript = transcript;
    this.transport =
        random.percent(50) ? Transport.EXPLICIT : random.pick(List.of(Transport.values()));
    this.server = random.pick(servers);
    this.revocations = revocations;
    // Every second client sees everything.
    this.visit = new Visit(name, policies, tokens, number % 2 == 0, random, tally);
    this.conversation =
        new Conversation(
            name,
            random,
            plan,
            randomViews,
            sums,
            findings,
            tally,
            transcript,
            transport,
            visit,
            phase::isLoading);
  }

  /** Calls a function with the views while the client does nothing. */
  public synchronized void inspect(Consumer<List<ClientView>> inspector) {
    inspector.accept(conversation.views());
  }

  public synchronized boolean hasReached(LogEnd end) {
    return !visit.isPending()
        && conversation.views().stream().allMatch(view -> view.hasReached(end));
  }

  /** The epochs of the change logs that the views belong to. */
  public synchronized Set<String> epochs() {
    return conversation.views().stream()
        .map(ClientView::position)
        .filter(Objects::nonNull)
        .map(ReceivedPosition::epoch)
        .collect(Collectors.toSet());
  }

  /** Describes the views that have not reached the end of the log. */
  public synchronized String describeLag(LogEnd end) {
    transcript.flush();
    StringBuilder text = new StringBuilder();
    for (ClientView view : conversation.views()) {
      if (!view.hasReached(end)) {
        text.append(view.spec()).append(" at ").append(view.position()).append("; ");
      }
    }
    return "%s%s, connected to %s over %s, newest messages %s"
        .formatted(text, visit, server, transport, transcript.newest());
  }

  /** Records a defect that the judge found in one of the views. */
  public synchronized void addFinding(Findings.Kind kind, String what) {
    conversation.recordFinding(kind, what);
  }

  public synchronized void roundPassed() {
    conversation.views().forEach(ClientView::roundPassed);
    transcript.clear();
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public void run() {
    try {
      while (!phase.isOver()) {
        if (phase.isLoading()) {
          changePlans();
          if (!visit.isUnrestricted() && random.percent(10)) {
            askOverHttp();
          }
        }
        connectAndRead();
        phase.pause(timeOffline());
        // Also without load: a server that refuses the client is not asked again at once.
        Thread.sleep(random.between(20, 200));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration timeOffline() {
    int share = random.below(100);
    return Duration.ofMillis(
        share < 70
            ? random.below(300)
            : share < 95 ? random.between(1_000, 5_000) : random.between(8_000, 20_000));
  }

  /** Picks another server now and then, and replaces, restarts or restores some views. */
  private synchronized void changePlans() {
    if (random.percent(60)) {
      server = random.pick(servers);
    }
    boolean another = visit.maybeBecomeAnother();
    visit.maybeChange();
    List<ClientView> views = conversation.views();
    for (int i = 0; i < views.size(); i++) {
      int share = random.below(100);
      if (another || share < 5) {
        views.set(i, conversation.newView());
      } else if (share < 10) {
        views.get(i).startOver();
      } else if (share < 20) {
        views.get(i).restore();
      }
    }
  }

  private void askOverHttp() {
    ApiRequest request = conversation.apiRequest();
    if (request == null) {
      return;
    }
    Credential credential =
        new Credential(
            visit.connect(true, false, false), Credential.place(Transport.EVENTS, random));
    try {
      JsonNode answer = request.send(server.port(), credential);
      answered(request, answer);
    } catch (IOException e) {
      note("got no answer to " + request + ": " + e);
    }
  }

  private synchronized void answered(ApiRequest request, JsonNode answer) {
    conversation.answered(request, answer);
  }

  /** Connects, and reads until the read pattern's time is over or the connection ends. */
  void connectAndRead() throws InterruptedException {
    ReadPattern pattern = ReadPattern.next(random);
    tally.count(Tally.Group.CLIENTS, "connections over " + transport);
    ClientConnection connection = null;
    try {
      Credential credential = credential();
      connection = connect(credential, pattern);
      begin(connection, credential);
      read(connection, pattern);
    } catch (ClientConnection.ClosedByServer e) {
      note("closed by " + server + ": " + e.getMessage());
      tally.count(Tally.Group.CLIENTS, "closed by the server: " + e.code());
      closedByServer(e);
      server = random.pick(servers);
    } catch (ReconnectNeeded e) {
      note("leaves " + server + ": " + e.getMessage());
      server = random.pick(servers);
    } catch (ConnectException e) {
      note("cannot connect to " + server + ": " + e.getMessage());
      tally.count(Tally.Group.CLIENTS, "failed connects");
      server = random.pick(servers);
    } catch (IOException e) {
      note("lost the connection to " + server + ": " + e);
      tally.count(Tally.Group.CLIENTS, "lost connections");
      server = random.pick(servers);
    } finally {
      if (connection != null) {
        connection.disconnect(random.percent(60));
      }
      disconnected();
    }
  }

  private synchronized void closedByServer(ClientConnection.ClosedByServer e) {
    conversation.closedByServer(e);
  }

  private synchronized void note(String what) {
    transcript.note(what);
  }

  private synchronized void disconnected() {
    conversation.views().forEach(ClientView::disconnected);
    visit.disconnected();
  }

  private synchronized Credential credential() {
    Credential.Place place = Credential.place(transport, random);
    return new Credential(
        visit.connect(
            phase.isLoading(), place == Credential.Place.MESSAGE, transport.hasMessages()),
        place);
  }

  private ClientConnection connect(Credential credential, ReadPattern pattern) throws IOException {
    ClientView first = conversation.views().getFirst();
    note(
        "connects as %s to %s over %s, %s since %s"
            .formatted(visit, server, transport, first.spec(), first.since()));
    subscribingByUrl();
    ClientConnection connection = transport.connect(server.port(), first, credential, pattern);
    note("connected from port " + connection.localPort());
    return connection;
  }

  private synchronized void subscribingByUrl() {
    conversation.subscribingByUrl();
  }

  private synchronized void begin(ClientConnection connection, Credential credential)
      throws IOException {
    conversation.begin(connection, credential);
  }

  private void read(ClientConnection connection, ReadPattern pattern)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + pattern.length().toNanos();
    while (!phase.isOver() && (System.nanoTime() < end || !phase.isLoading() || visit.stays())) {
      ClientConnection.Message message = connection.next();
      receive(connection, message, pattern.isFast());
      maybeRevoke();
      phase.pause(pattern.pause());
      if (transport == Transport.EXPLICIT && phase.isLoading() && random.below(400) == 0) {
        resubscribe(connection);
      }
    }
  }

  private void maybeRevoke() {
    Token token = phase.isLoading() ? visit.tokenToRevoke() : null;
    if (token != null && revocations != null) {
      boolean certain = revocations.revoke(token, random.percent(30));
      note((certain ? "revoked: " : "may be revoked: ") + visit);
      visit.revoked(certain);
    }
  }

  private synchronized void receive(
      ClientConnection connection, ClientConnection.Message message, boolean promptly)
      throws IOException {
    conversation.receive(connection, message, promptly);
    conversation.renew(connection);
  }

  private synchronized void resubscribe(ClientConnection connection) throws IOException {
    if (!visit.isPending()) {
      conversation.resubscribe(connection, random.below(conversation.views().size()));
    }
  }
}
