package dev.orderwire.testing;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Records what a tail passes on, and waits for it. */
public final class Recorder implements MomentListener {
  public record Moment(
      List<Change> changes, Set<String> reset, Position position, boolean complete) {}

  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final List<Moment> moments = new ArrayList<>();
  private final List<Position> restarts = new ArrayList<>();

  @Override
  public synchronized void onMoment(
      List<Change> changes,
      List<TableVersion> resets,
      Position position,
      boolean complete,
      Instant notBefore) {
    Set<String> reset =
        resets.stream().map(version -> version.table().name()).collect(Collectors.toSet());
    moments.add(new Moment(List.copyOf(changes), reset, position, complete));
    notifyAll();
  }

  @Override
  public synchronized void onRestart(Position position, List<TableVersion> tables) {
    restarts.add(position);
    notifyAll();
  }

  public void awaitRestart() throws InterruptedException {
    awaitMoments("restart", moments -> !restarts.isEmpty());
  }

  public synchronized List<Position> restarts() {
    return List.copyOf(restarts);
  }

  public synchronized List<Moment> moments() {
    return List.copyOf(moments);
  }

  public synchronized List<Change> changes() {
    return moments.stream().flatMap(moment -> moment.changes().stream()).toList();
  }

  /** Waits until the changes so far fulfil the condition. */
  public synchronized void await(String what, Predicate<List<Change>> condition)
      throws InterruptedException {
    awaitMoments(what, seen -> condition.test(changes()));
  }

  public synchronized void awaitMoments(String what, Predicate<List<Moment>> condition)
      throws InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (!condition.test(moments)) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(
            "no " + what + " within " + LONGEST + "; came: " + summary(changes()));
      }
      wait(left);
    }
  }

  private static String summary(List<Change> changes) {
    List<String> newest =
        changes.subList(Math.max(0, changes.size() - 20), changes.size()).stream()
            .map(change -> change.id() + " " + change.op().text() + " " + change.key())
            .toList();
    return changes.size() + " changes, the newest of them " + newest;
  }
}
