package dev.orderwire.judge;

import dev.orderwire.change.Ids;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A client of random habits: it follows one view or several, reads fast, slowly or not at all for a
 * while, goes without a word, and comes back to any server. Its thread and the judge's take turns
 * by its monitor.
 */
final class Client implements Runnable {
  /** So many changes of a message stand whole in the transcript. */
  private static final int SHORT = 3;

  /** In characters. */
  private static final int LONGEST_POSITION = 200;

  /** The client must leave this connection and open another one. */
  private static final class ComeBack extends IOException {
    ComeBack(String why) {
      super(why);
    }
  }

  private final String name;
  private final Chance chance;
  private final Plan plan;
  private final List<? extends Endpoint> servers;
  private final Wishes wishes;
  private final Sums sums;
  private final Phase phase;
  private final Findings findings;
  private final Tally tally;
  private final Transcript transcript;
  private final Way way;
  private final List<Followed> views = new ArrayList<>();
  private Endpoint server;

  Client(
      int number,
      Plan plan,
      List<? extends Endpoint> servers,
      Wishes wishes,
      Sums sums,
      Phase phase,
      Findings findings,
      Tally tally,
      Transcript transcript) {
    this.name = "client-" + number;
    this.chance = new Chance(plan.seed(), name);
    this.plan = plan;
    this.servers = servers;
    this.wishes = wishes;
    this.sums = sums;
    this.phase = phase;
    this.findings = findings;
    this.tally = tally;
    this.transcript = transcript;
    this.way = chance.percent(50) ? Way.EXPLICIT : chance.of(List.of(Way.values()));
    this.server = chance.of(servers);
    int count = way == Way.EXPLICIT ? chance.between(2, 5) : 1;
    for (int i = 0; i < count; i++) {
      views.add(newView());
    }
  }

  private Followed newView() {
    Wish wish = wishes.any(chance);
    return new Followed(wish, chance.percent(85), sums.of(wish), this::found, tally, plan);
  }

  private void found(Findings.Kind kind, String what) {
    transcript.note("FINDING " + kind + ": " + what);
    transcript.flush();
    findings.add(
        kind,
        name,
        "%s; it last saw %s; all of it is in %s".formatted(what, transcript.newest(), transcript));
  }

  /** Lets the judge look at its views while it does nothing. */
  synchronized void inspect(Consumer<List<Followed>> judge) {
    judge.accept(views);
  }

  synchronized boolean hasReached(LogEnd end) {
    return views.stream().allMatch(view -> view.hasReached(end));
  }

  /** The change logs, by their epochs, that its views are of. */
  synchronized Set<String> epochs() {
    return views.stream()
        .map(Followed::position)
        .filter(Objects::nonNull)
        .map(Mark::epoch)
        .collect(Collectors.toSet());
  }

  /** Which of its views have not come that far, and where they are. */
  synchronized String missing(LogEnd end) {
    transcript.flush();
    StringBuilder text = new StringBuilder();
    for (Followed view : views) {
      if (!view.hasReached(end)) {
        text.append(view.wish()).append(" at ").append(view.position()).append("; ");
      }
    }
    return text + "at " + server + ", over " + way + ", it last saw " + transcript.newest();
  }

  /** Tells of something that the judge found in one of its views. */
  synchronized void accuse(Findings.Kind kind, String what) {
    found(kind, what);
  }

  synchronized void judged() {
    views.forEach(Followed::judged);
    transcript.forget();
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
          changeMind();
        }
        visit();
        phase.pause(away());
        // Also while nothing but the end is awaited: a server that refuses is not asked at once.
        Thread.sleep(chance.between(20, 200));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration away() {
    int share = chance.below(100);
    return Duration.ofMillis(
        share < 70
            ? chance.below(300)
            : share < 95 ? chance.between(1_000, 5_000) : chance.between(8_000, 20_000));
  }

  private synchronized void changeMind() {
    if (chance.percent(60)) {
      server = chance.of(servers);
    }
    for (int i = 0; i < views.size(); i++) {
      int share = chance.below(100);
      if (share < 5) {
        views.set(i, newView());
      } else if (share < 10) {
        views.get(i).beginAnew();
      } else if (share < 20) {
        views.get(i).goBack();
      }
    }
  }

  /** Connects and reads, until it has had enough or the connection ends. */
  void visit() throws InterruptedException {
    Reading reading = Reading.any(chance);
    tally.count(Tally.Group.CLIENTS, "connections over " + way);
    Wire wire = null;
    try {
      wire = connect(reading);
      subscribe(wire);
      read(wire, reading);
    } catch (Wire.Ended e) {
      note("ended by " + server + ": " + e.getMessage());
      tally.count(Tally.Group.CLIENTS, "ended by the server: " + e.code());
      endedByServer(e);
      server = chance.of(servers);
    } catch (ComeBack e) {
      note("leaves " + server + ": " + e.getMessage());
      server = chance.of(servers);
    } catch (IOException e) {
      note("lost " + server + ": " + e);
      tally.count(Tally.Group.CLIENTS, "lost connections");
      server = chance.of(servers);
    } finally {
      if (wire != null) {
        wire.leave(chance.percent(60));
      }
      disconnected();
    }
  }

  private synchronized void endedByServer(Wire.Ended e) {
    boolean outdated = e.code() == 400 || e.code() == 4400;
    if (outdated && way != Way.EXPLICIT && views.getFirst().wish().namesExtraColumns()) {
      views.set(0, newView());
    } else if (outdated || e.code() == 1011 || e.code() == 500) {
      found(Findings.Kind.PROTOCOL, "the server ended the connection: " + e.getMessage());
    }
  }

  private synchronized void note(String what) {
    transcript.note(what);
  }

  private synchronized void disconnected() {
    views.forEach(Followed::disconnected);
  }

  private Wire connect(Reading reading) throws IOException {
    Followed first = views.getFirst();
    note("connects to %s over %s, %s since %s".formatted(server, way, first.wish(), first.since()));
    return way.connect(server.port(), first, reading);
  }

  private void subscribe(Wire wire) throws IOException {
    if (way == Way.EXPLICIT) {
      for (int i = 0; i < views.size(); i++) {
        subscribe(wire, i);
      }
    }
  }

  private synchronized void subscribe(Wire wire, int index) throws IOException {
    Followed view = views.get(index);
    String message =
        view.wish()
            .subscribe(String.valueOf(index), view.since(), view.awaitsSnapshot())
            .toString();
    transcript.said(message);
    wire.send(message);
  }

  private void read(Wire wire, Reading reading) throws IOException, InterruptedException {
    long end = System.nanoTime() + reading.visit().toNanos();
    while (!phase.isOver() && (System.nanoTime() < end || !phase.isLoading())) {
      Wire.Heard heard = wire.next();
      take(wire, heard);
      phase.pause(reading.pause());
      if (way == Way.EXPLICIT && phase.isLoading() && chance.below(400) == 0) {
        leaveAndComeBack(wire, chance.below(views.size()));
      }
    }
  }

  /** Unsubscribes from a view, and subscribes to it from where it stands. */
  private synchronized void leaveAndComeBack(Wire wire, int index) throws IOException {
    String view = views.get(index).view();
    if (view != null) {
      views.get(index).disconnected();
      String message = Json.object().put("type", "unsubscribe").put("view", view).toString();
      transcript.said(message);
      wire.send(message);
      subscribe(wire, index);
    }
  }

  private synchronized void take(Wire wire, Wire.Heard heard) throws IOException {
    transcript.heard(heard.text());
    JsonNode message;
    try {
      message = Json.parse(heard.text());
    } catch (JacksonException e) {
      found(Findings.Kind.PROTOCOL, "a message that is not JSON: " + e.getOriginalMessage());
      return;
    }
    if (message.path("changes").size() > SHORT) {
      transcript.note("ids " + ids(message.path("changes")));
    }
    checkPosition(message, heard.id());
    String type = message.path("type").asString();
    switch (type) {
      case "subscribed" -> views.get(message.path("ref").asInt(0)).subscribed(message);
      case "position" -> {
        Mark position = Mark.of(message.path("position").asString());
        views.forEach(view -> view.position(position));
      }
      case "snapshot", "changes", "reset" -> {
        String id = message.path("view").asString();
        views.stream()
            .filter(view -> id.equals(view.view()))
            .findFirst()
            .ifPresent(view -> {
              switch (type) {
                case "snapshot" -> view.snapshot(message);
                case "changes" -> view.changes(message);
                default -> view.reset(message);
              }
              if (chance.below(50) == 0) {
                view.keep();
              }
            });
      }
      case "error" -> refused(wire, message);
      case "unsubscribed" -> ended(message);
      case "welcome", "pong" -> {}
      default -> found(Findings.Kind.PROTOCOL, "an unknown message: " + heard.text());
    }
  }

  /** A view ended by itself: an error that came before says why, and what it said was done. */
  private void ended(JsonNode message) {
    String view = message.path("view").asString();
    if (!message.has("ref") && views.stream().anyMatch(each -> view.equals(each.view()))) {
      found(Findings.Kind.PROTOCOL, "a view ended without an error: " + message);
    }
  }

  /** The changes of a message, however long it is. */
  private static String ids(JsonNode changes) {
    TreeSet<Long> sorted = new TreeSet<>();
    changes.forEach(change -> sorted.add(change.path("id").asLong()));
    Ids.Builder ids = new Ids.Builder();
    sorted.forEach(id -> ids.add(id, id));
    return ids.build().ranges().stream()
        .map(range -> range.first() + "-" + range.last())
        .collect(Collectors.joining(" "));
  }

  private void checkPosition(JsonNode message, @Nullable String id) {
    String position = message.path("position").asString("");
    if (position.length() > LONGEST_POSITION) {
      found(
          Findings.Kind.PROTOCOL,
          "a position of %d characters: %s".formatted(position.length(), position));
    }
    if (id != null && !id.equals(position)) {
      found(
          Findings.Kind.PROTOCOL, "the event's id is %s, its position %s".formatted(id, position));
    }
  }

  private void refused(Wire wire, JsonNode message) throws IOException {
    int index = message.path("ref").asInt(0);
    String code = message.path("code").asString();
    tally.count(Tally.Group.CLIENTS, "refused: " + code);
    switch (code) {
      case "mysql_unavailable", "table_altered", "over_limit", "going_away" ->
          throw new ComeBack("it asked for that: " + message);
      // Two wishes that read differently and mean the same.
      case "already_subscribed" -> anew(wire, index);
      case "unknown_column", "wrong_type" -> {
        if (!views.get(index).wish().namesExtraColumns()) {
          found(Findings.Kind.PROTOCOL, views.get(index).wish() + " was refused: " + message);
        }
        anew(wire, index);
      }
      default ->
          found(Findings.Kind.PROTOCOL, views.get(index).wish() + " was refused: " + message);
    }
  }

  private void anew(Wire wire, int index) throws IOException {
    views.set(index, newView());
    if (way == Way.EXPLICIT) {
      subscribe(wire, index);
    } else {
      throw new ComeBack("another view needs another connection");
    }
  }
}
