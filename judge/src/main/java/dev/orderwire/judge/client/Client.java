package dev.orderwire.judge.client;

import dev.orderwire.judge.run.Fault;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Phase;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.BranchSums;
import dev.orderwire.judge.table.Json;
import dev.orderwire.judge.table.RandomViews;
import dev.orderwire.judge.table.ViewSpec;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A client with random behaviour: it follows one or several views, reads fast, slowly or not at all
 * for a while, disconnects, and reconnects to any server. A lost connection is nothing unusual; the
 * client resumes. Its monitor guards its views, which the judge's thread reads too.
 */
public final class Client implements Runnable {
  /** The fault {@code tail} also kills queries that read the change log for a client. */
  private static final String QUERY_ENDED = "query_ended";

  /** In characters. */
  private static final int LONGEST_POSITION = 2_000;

  private final String name;
  private final SeededRandom random;
  private final Plan plan;
  private final List<? extends Endpoint> servers;
  private final RandomViews randomViews;
  private final BranchSums sums;
  private final Phase phase;
  private final Findings findings;
  private final Tally tally;
  private final Transcript transcript;
  private final Transport transport;
  private final List<ClientView> views = new ArrayList<>();
  private Endpoint server;

  public Client(
      int number,
      Plan plan,
      List<? extends Endpoint> servers,
      RandomViews randomViews,
      BranchSums sums,
      Phase phase,
      Findings findings,
      Tally tally,
      Transcript transcript) {
    this.name = "client-" + number;
    this.random = new SeededRandom(plan.seed(), name);
    this.plan = plan;
    this.servers = servers;
    this.randomViews = randomViews;
    this.sums = sums;
    this.phase = phase;
    this.findings = findings;
    this.tally = tally;
    this.transcript = transcript;
    this.transport =
        random.percent(50) ? Transport.EXPLICIT : random.pick(List.of(Transport.values()));
    this.server = random.pick(servers);
    int count = transport == Transport.EXPLICIT ? random.between(2, 5) : 1;
    for (int i = 0; i < count; i++) {
      views.add(newView());
    }
  }

  private ClientView newView() {
    ViewSpec spec = randomViews.next(random);
    return new ClientView(
        spec, random.percent(85), sums.of(spec), this::recordFinding, tally, plan);
  }

  private void recordFinding(Findings.Kind kind, String what) {
    transcript.note("FINDING " + kind + ": " + what);
    transcript.flush();
    findings.add(
        kind,
        name,
        "%s; newest messages %s; transcript %s".formatted(what, transcript.newest(), transcript));
  }

  /** Calls a function with the views while the client does nothing. */
  public synchronized void inspect(Consumer<List<ClientView>> inspector) {
    inspector.accept(views);
  }

  public synchronized boolean hasReached(LogEnd end) {
    return views.stream().allMatch(view -> view.hasReached(end));
  }

  /** The epochs of the change logs that the views belong to. */
  public synchronized Set<String> epochs() {
    return views.stream()
        .map(ClientView::position)
        .filter(Objects::nonNull)
        .map(ReceivedPosition::epoch)
        .collect(Collectors.toSet());
  }

  /** Describes the views that have not reached the end of the log. */
  public synchronized String describeLag(LogEnd end) {
    transcript.flush();
    StringBuilder text = new StringBuilder();
    for (ClientView view : views) {
      if (!view.hasReached(end)) {
        text.append(view.spec()).append(" at ").append(view.position()).append("; ");
      }
    }
    return "%sconnected to %s over %s, newest messages %s"
        .formatted(text, server, transport, transcript.newest());
  }

  /** Records a defect that the judge found in one of the views. */
  public synchronized void addFinding(Findings.Kind kind, String what) {
    recordFinding(kind, what);
  }

  public synchronized void roundPassed() {
    views.forEach(ClientView::roundPassed);
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
    for (int i = 0; i < views.size(); i++) {
      int share = random.below(100);
      if (share < 5) {
        views.set(i, newView());
      } else if (share < 10) {
        views.get(i).startOver();
      } else if (share < 20) {
        views.get(i).restore();
      }
    }
  }

  /** Connects, and reads until the read pattern's time is over or the connection ends. */
  void connectAndRead() throws InterruptedException {
    ReadPattern pattern = ReadPattern.next(random);
    tally.count(Tally.Group.CLIENTS, "connections over " + transport);
    ClientConnection connection = null;
    try {
      connection = connect(pattern);
      subscribeAll(connection);
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
    boolean killed =
        String.valueOf(e.getMessage()).contains(QUERY_ENDED) && plan.faults().contains(Fault.TAIL);
    boolean badRequest = (e.code() == 400 || e.code() == 4400) && !killed;
    if (badRequest
        && transport != Transport.EXPLICIT
        && views.getFirst().spec().namesExtraColumns()) {
      views.set(0, newView());
    } else if (badRequest || e.code() == 1011 || e.code() == 500) {
      recordFinding(Findings.Kind.PROTOCOL, "the server closed the connection: " + e.getMessage());
    }
  }

  private synchronized void note(String what) {
    transcript.note(what);
  }

  private synchronized void disconnected() {
    views.forEach(ClientView::disconnected);
  }

  private ClientConnection connect(ReadPattern pattern) throws IOException {
    ClientView first = views.getFirst();
    note(
        "connects to %s over %s, %s since %s"
            .formatted(server, transport, first.spec(), first.since()));
    return transport.connect(server.port(), first, pattern);
  }

  private void subscribeAll(ClientConnection connection) throws IOException {
    if (transport == Transport.EXPLICIT) {
      for (int i = 0; i < views.size(); i++) {
        subscribe(connection, i);
      }
    }
  }

  private synchronized void subscribe(ClientConnection connection, int index) throws IOException {
    ClientView view = views.get(index);
    send(
        connection,
        view.spec()
            .subscribeMessage(String.valueOf(index), view.since(), view.awaitsSnapshot())
            .toString());
  }

  private void send(ClientConnection connection, String message) throws IOException {
    transcript.sent(message);
    connection.send(message);
  }

  private void read(ClientConnection connection, ReadPattern pattern)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + pattern.length().toNanos();
    while (!phase.isOver() && (System.nanoTime() < end || !phase.isLoading())) {
      receive(connection, connection.next());
      phase.pause(pattern.pause());
      if (transport == Transport.EXPLICIT && phase.isLoading() && random.below(400) == 0) {
        resubscribe(connection, random.below(views.size()));
      }
    }
  }

  /** Unsubscribes from a view, and resumes it at its position. */
  private synchronized void resubscribe(ClientConnection connection, int index) throws IOException {
    String id = views.get(index).id();
    if (id != null) {
      views.get(index).disconnected();
      send(connection, Json.object().put("type", "unsubscribe").put("view", id).toString());
      subscribe(connection, index);
    }
  }

  private synchronized void receive(ClientConnection connection, ClientConnection.Message received)
      throws IOException {
    transcript.received(received.text());
    JsonNode message;
    try {
      message = Json.parse(received.text());
    } catch (JacksonException e) {
      recordFinding(
          Findings.Kind.PROTOCOL, "a message that is not JSON: " + e.getOriginalMessage());
      return;
    }
    transcript.noteIds(message.path("changes"));
    checkPosition(message, received.id());
    String type = message.path("type").asString();
    switch (type) {
      case "subscribed" -> views.get(message.path("ref").asInt(0)).subscribed(message);
      case "position" -> {
        ReceivedPosition position = ReceivedPosition.of(message.path("position").asString());
        views.forEach(view -> view.position(position));
      }
      case "snapshot", "changes", "reset" -> {
        String id = message.path("view").asString();
        views.stream()
            .filter(view -> id.equals(view.id()))
            .findFirst()
            .ifPresent(view -> {
              switch (type) {
                case "snapshot" -> view.snapshot(message);
                case "changes" -> view.changes(message);
                default -> view.reset(message);
              }
              if (random.below(50) == 0) {
                view.save();
              }
            });
      }
      case "error" -> refused(connection, message);
      case "unsubscribed" -> unsubscribed(message);
      case "welcome", "pong" -> {}
      default -> recordFinding(Findings.Kind.PROTOCOL, "unknown message: " + received.text());
    }
  }

  /** Only an error message may end a view that the client did not unsubscribe from. */
  private void unsubscribed(JsonNode message) {
    String id = message.path("view").asString();
    if (!message.has("ref") && views.stream().anyMatch(view -> id.equals(view.id()))) {
      recordFinding(Findings.Kind.PROTOCOL, "a view ended without an error: " + message);
    }
  }

  private void checkPosition(JsonNode message, @Nullable String eventId) {
    String position = message.path("position").asString("");
    if (position.length() > LONGEST_POSITION) {
      recordFinding(
          Findings.Kind.PROTOCOL,
          "a position of %d characters: %s".formatted(position.length(), position));
    }
    if (eventId != null && !eventId.equals(position)) {
      recordFinding(
          Findings.Kind.PROTOCOL,
          "the event's id is %s, but its position is %s".formatted(eventId, position));
    }
  }

  private void refused(ClientConnection connection, JsonNode message) throws IOException {
    int index = message.path("ref").asInt(0);
    String code = message.path("code").asString();
    tally.count(Tally.Group.CLIENTS, "refused: " + code);
    switch (code) {
      case "mysql_unavailable", "table_locked", "table_altered", "over_limit", "going_away" ->
          throw new ReconnectNeeded("the server asks to retry: " + message);
      case QUERY_ENDED -> {
        if (!plan.faults().contains(Fault.TAIL)) {
          unexpectedRefusal(index, message);
        }
        throw new ReconnectNeeded("a query was killed: " + message);
      }
      case "query_refused" -> {
        if (!plan.faults().contains(Fault.LOG)) {
          unexpectedRefusal(index, message);
        }
        throw new ReconnectNeeded("the change log is gone: " + message);
      }
      // Two different filters can mean the same view.
      case "already_subscribed" -> replaceView(connection, index);
      case "unknown_column", "wrong_type" -> {
        if (!views.get(index).spec().namesExtraColumns()) {
          unexpectedRefusal(index, message);
        }
        replaceView(connection, index);
      }
      default -> unexpectedRefusal(index, message);
    }
  }

  private void unexpectedRefusal(int index, JsonNode message) {
    recordFinding(
        Findings.Kind.PROTOCOL,
        "the server refused %s: %s".formatted(views.get(index).spec(), message));
  }

  private void replaceView(ClientConnection connection, int index) throws IOException {
    views.set(index, newView());
    if (transport == Transport.EXPLICIT) {
      subscribe(connection, index);
    } else {
      throw new ReconnectNeeded("its URL is for another view");
    }
  }
}
