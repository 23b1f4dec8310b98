package dev.orderwire.judge.client;

import dev.orderwire.judge.policy.Sight;
import dev.orderwire.judge.run.Fault;
import dev.orderwire.judge.run.Findings;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.BranchSums;
import dev.orderwire.judge.table.Json;
import dev.orderwire.judge.table.RandomViews;
import dev.orderwire.judge.table.ViewSpec;
import dev.orderwire.judge.table.WatchedTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The views of a client, and what it says to the servers about them and is told. For one thread at
 * a time.
 */
final class Conversation {
  /** The fault {@code tail} also kills queries that read the change log for a client. */
  private static final String QUERY_ENDED = "query_ended";

  private static final String AUTH = "auth";
  private static final String FORBIDDEN = "views refused that name what the client may not see";

  /** A server that stood still finds the first message later than it allows. */
  private static final String TOO_LATE = "send auth with a token within";

  /** In characters. */
  private static final int LONGEST_POSITION = 2_000;

  private final String name;
  private final SeededRandom random;
  private final Plan plan;
  private final RandomViews randomViews;
  private final BranchSums sums;
  private final Findings findings;
  private final Tally tally;
  private final Transcript transcript;
  private final Transport transport;
  private final Visit visit;
  private final BooleanSupplier loading;
  private final DenialCheck denials;
  private final List<ClientView> views = new ArrayList<>();

  /**
   * @param loading whether there is load
   */
  Conversation(
      String name,
      SeededRandom random,
      Plan plan,
      RandomViews randomViews,
      BranchSums sums,
      Findings findings,
      Tally tally,
      Transcript transcript,
      Transport transport,
      Visit visit,
      BooleanSupplier loading) {
    this.name = name;
    this.random = random;
    this.plan = plan;
    this.randomViews = randomViews;
    this.sums = sums;
    this.findings = findings;
    this.tally = tally;
    this.transcript = transcript;
    this.transport = transport;
    this.visit = visit;
    this.loading = loading;
    this.denials = new DenialCheck(this::recordFinding, tally);
    int count = transport == Transport.EXPLICIT ? random.between(2, 5) : 1;
    for (int i = 0; i < count; i++) {
      views.add(newView());
    }
  }

  List<ClientView> views() {
    return views;
  }

  ClientView newView() {
    ViewSpec spec = newSpec();
    Sight sight = visit.sight(spec);
    return new ClientView(
        spec,
        sight,
        random.percent(85),
        sight.isEverything() ? sums.of(spec) : null,
        this::recordFinding,
        tally,
        plan);
  }

  private ViewSpec newSpec() {
    // Now and then the client asks for something that it may not see.
    String role = visit.role();
    if (visit.isUnrestricted() || random.percent(5)) {
      ViewSpec spec = randomViews.next(random);
      return new ViewSpec(spec.table(), role, spec.filter(), spec.columns());
    }
    WatchedTable table = random.pick(visit.tables(role));
    ViewSpec any = new ViewSpec(table.name(), role, null, null);
    return randomViews.next(random, table, role, visit.sight(any));
  }

  void recordFinding(Findings.Kind kind, String what) {
    transcript.note("FINDING " + kind + ": " + what);
    transcript.flush();
    findings.add(
        kind,
        name,
        "%s; newest messages %s; transcript %s".formatted(what, transcript.newest(), transcript));
  }

  void closedByServer(ClientConnection.ClosedByServer e) {
    boolean killed =
        String.valueOf(e.getMessage()).contains(QUERY_ENDED) && plan.faults().contains(Fault.TAIL);
    boolean badRequest = (e.code() == 400 || e.code() == 4400) && !killed;
    ClientView first = views.getFirst();
    if (transport != Transport.EXPLICIT && first.isForbidden() && isRefusal(e.code())) {
      tally.count(Tally.Group.POLICIES, FORBIDDEN);
      views.set(0, newView());
    } else if (badRequest && transport != Transport.EXPLICIT && first.spec().namesExtraColumns()) {
      views.set(0, newView());
    } else if ((e.code() == 401 || e.code() == 4401) && visit.hasRunOut()) {
      visit.ended();
    } else if (e.code() == 0 && visit.hasRunOut()) {
      // Most likely: an event stream ends without a reason.
      visit.ended();
    } else if (badRequest
        || e.code() == 401
        || e.code() == 4401
        || e.code() == 403
        || e.code() == 4403
        || e.code() == 1011
        || e.code() == 500) {
      recordFinding(
          Findings.Kind.PROTOCOL,
          "the server closed the connection of %s: %s".formatted(visit, e.getMessage()));
    }
  }

  private static boolean isRefusal(int code) {
    return code == 400 || code == 4400 || code == 404;
  }

  /** Says who the client is, where its credential does not, and subscribes to all views. */
  void begin(ClientConnection connection, Credential credential) throws IOException {
    if (credential.token() != null && credential.place() == Credential.Place.MESSAGE) {
      sendAuth(connection, credential.token());
    }
    if (transport == Transport.EXPLICIT) {
      for (int i = 0; i < views.size(); i++) {
        subscribe(connection, i);
      }
    }
  }

  /** What the client can see from now on in the view of its URL. */
  void subscribingByUrl() {
    if (transport != Transport.EXPLICIT) {
      views.getFirst().subscribing(visit.sight(views.getFirst().spec()));
    }
  }

  private void subscribe(ClientConnection connection, int index) throws IOException {
    ClientView view = views.get(index);
    view.subscribing(visit.sight(view.spec()));
    if (visit.isPending()) {
      view.renewing(visit.pendingSight(view.spec()));
    }
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

  private void sendAuth(ClientConnection connection, String token) throws IOException {
    transcript.note("sends a token: " + visit);
    connection.send(
        Json.object().put("type", AUTH).put("ref", AUTH).put("token", token).toString());
  }

  /** Renews the token if it is time. */
  void renew(ClientConnection connection) throws IOException {
    String token = visit.renewal(loading.getAsBoolean());
    if (token != null) {
      views.forEach(view -> view.renewing(visit.pendingSight(view.spec())));
      sendAuth(connection, token);
    }
  }

  /** A request for rows or changes of one of the views over HTTP; null for none. */
  @Nullable ApiRequest apiRequest() {
    ClientView view = random.pick(views);
    return view.isForbidden()
        ? null
        : new ApiRequest(view.spec(), random.percent(50) ? null : view.since());
  }

  /** Checks what an answer over HTTP shows. */
  void answered(ApiRequest request, JsonNode answer) {
    tally.count(Tally.Group.POLICIES, "answers over HTTP");
    Sight sight = visit.sight(request.view());
    answer.path("rows").forEach(row -> denials.row(sight, row));
    answer.path("changes").forEach(change -> denials.change(sight, change));
  }

  /** Unsubscribes from a view, and resumes it at its position. */
  void resubscribe(ClientConnection connection, int index) throws IOException {
    String id = views.get(index).id();
    if (id != null) {
      views.get(index).disconnected();
      send(connection, Json.object().put("type", "unsubscribe").put("view", id).toString());
      subscribe(connection, index);
    }
  }

  /**
   * Takes a message.
   *
   * @param promptly whether the client takes its messages at once
   */
  void receive(ClientConnection connection, ClientConnection.Message received, boolean promptly)
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
    if (promptly && visit.isOverdue()) {
      recordFinding(
          Findings.Kind.DENIED, "a connection outlives the token of %s by far".formatted(visit));
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
      case "authenticated" -> authenticated();
      case "welcome", "pong", "expiring" -> {}
      case "reconnect" -> throw new ReconnectNeeded("the server drains: " + message);
      default -> recordFinding(Findings.Kind.PROTOCOL, "unknown message: " + received.text());
    }
  }

  private void authenticated() {
    visit.authenticated(loading.getAsBoolean());
    views.forEach(view -> view.renewed(visit.sight(view.spec())));
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
    boolean unnamed = !message.has("ref");
    boolean ends =
        message.path("code").asString().equals("revoked")
            ? visit.isRevoked()
            : unnamed && message.path("code").asString().equals("not_authenticated");
    if (ends && visit.hasRunOut()) {
      // The server closes the connection next.
      return;
    }
    if (message.path("ref").asString("").equals(AUTH)) {
      authRefused(message);
      return;
    }
    if (unnamed && message.path("message").asString().contains(TOO_LATE)) {
      throw new ReconnectNeeded("the server stood still: " + message);
    }
    int index = message.path("ref").asInt(0);
    String code = message.path("code").asString();
    tally.count(Tally.Group.CLIENTS, "refused: " + code);
    requirePatience(code, message);
    switch (code) {
      // Two different filters can mean the same view.
      case "already_subscribed" -> replaceView(connection, index);
      case "unknown_column", "wrong_type", "masked_column", "unknown_table" -> {
        boolean isName = code.equals("unknown_column") || code.equals("wrong_type");
        if (views.get(index).isForbidden()) {
          tally.count(Tally.Group.POLICIES, FORBIDDEN);
        } else if (!(isName && views.get(index).spec().namesExtraColumns())) {
          unexpectedRefusal(index, message);
        }
        replaceView(connection, index);
      }
      default -> unexpectedRefusal(index, message);
    }
  }

  /**
   * @throws ReconnectNeeded if the server asks to retry, or a fault explains why it cannot answer
   */
  private void requirePatience(String code, JsonNode message) throws ReconnectNeeded {
    boolean explained =
        switch (code) {
          case "mysql_unavailable",
              "table_locked",
              "table_altered",
              "lookup_unavailable",
              "over_limit",
              "going_away" ->
              true;
          case QUERY_ENDED -> plan.faults().contains(Fault.TAIL);
          case "query_refused" -> plan.faults().contains(Fault.LOG);
          default -> false;
        };
    if (explained) {
      throw new ReconnectNeeded("the server cannot answer now: " + message);
    }
  }

  private void authRefused(JsonNode message) throws ReconnectNeeded {
    if (!visit.isPendingRunOut()) {
      requirePatience(message.path("code").asString(), message);
      recordFinding(
          Findings.Kind.PROTOCOL, "the server refused a token of %s: %s".formatted(visit, message));
    }
    visit.renewalRefused();
  }

  private void unexpectedRefusal(int index, JsonNode message) {
    recordFinding(
        Findings.Kind.PROTOCOL,
        "the server refused %s of %s: %s".formatted(views.get(index).spec(), visit, message));
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
