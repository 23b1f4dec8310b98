package dev.orderwire.gateway.explain;

import dev.orderwire.auth.Identity;
import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.feed.CaptureCheck;
import dev.orderwire.feed.RowHistory.Found;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.explain.Explanation.LoggedChange;
import dev.orderwire.gateway.explain.Explanation.Progress;
import dev.orderwire.gateway.fanout.EventLoops;
import dev.orderwire.gateway.fanout.Watching;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Answers why a client does or does not see a row. Safe for any number of threads. */
public final class Explainer {
  private static final int LOOP_SECONDS = 5;

  private final Source source;
  private final EventLoops loops;
  private final Semaphore turns;

  public Explainer(Source source, EventLoops loops, GatewayOptions options) {
    this.source = source;
    this.loops = loops;
    this.turns = new Semaphore(options.intLimit(Limit.EXPLANATIONS));
  }

  /**
   * Answers a question. Blocks.
   *
   * @throws OrderwireException {@code over_limit}; {@code lookup_unavailable}; as {@link
   *     dev.orderwire.feed.RowHistory#find}
   */
  public Explanation explain(Question question) {
    if (!turns.tryAcquire()) {
      throw new OrderwireException(
          ErrorCode.OVER_LIMIT, "other explanations are being made: try again in a few seconds");
    }
    try {
      return answer(question);
    } finally {
      turns.release();
    }
  }

  private Explanation answer(Question question) {
    String table = question.table().name();
    CaptureCheck.State capture = source.capture().of(table);
    Found found =
        source
            .history()
            .find(
                question.table(),
                question.key().wanted(),
                question.key().known(),
                source.feed().end().position());
    View view = question.view();
    if (view != null && !view.scope().membership().holdsAt(found.position())) {
      throw new OrderwireException(
          ErrorCode.LOOKUP_UNAVAILABLE,
          "what this identity may see has just changed: try again in a few seconds");
    }
    // After the search: a committed change that this does not cover has not been read.
    Position position = source.feed().end().position();
    List<LoggedChange> changes =
        found.newest().stream()
            .map(entry ->
                new LoggedChange(
                    entry.id(),
                    entry.op(),
                    entry.at(),
                    entry.committed() ? progress(entry.id(), position) : Progress.UNCOMMITTED))
            .toList();
    Optional<LoggedChange> newest =
        changes.stream().filter(each -> each.progress() != Progress.UNCOMMITTED).findFirst();
    LogSteps log =
        new LogSteps(
            table,
            capture,
            found,
            changes,
            newest,
            position,
            source.catalog().isHeld(table),
            isDrifted(question, found, position));
    ViewSteps seen = new ViewSteps(question, found, newest, watching(question, newest));
    List<Step> steps = new ArrayList<>(log.steps());
    steps.addAll(seen.steps());
    return new Explanation(
        table,
        question.key().shown(),
        name(question.viewer()),
        question.role(),
        visible(view, found),
        steps,
        changes,
        found.searched(),
        found.all(),
        seen.subscriptions());
  }

  private static Progress progress(long id, Position position) {
    if (position.covers(id)) {
      return Progress.READ;
    }
    return id > position.head() ? Progress.UNREAD : Progress.GAP;
  }

  /** Whether the row is not what its newest change left, although no reset has followed. */
  private boolean isDrifted(Question question, Found found, Position position) {
    if (found.change() == null || found.key() == null) {
      return false;
    }
    Position upTo = new Position(position.epoch(), found.change().id(), Ids.NONE);
    return !source.catalog().isVoid(question.table(), upTo)
        && !Objects.equals(found.row(), found.change().after());
  }

  private static @Nullable Boolean visible(@Nullable View view, Found found) {
    if (found.key() == null) {
      return null;
    }
    return found.row() != null && view != null && view.matches(found.row());
  }

  /** Null if an event loop does not answer. */
  private @Nullable Map<Watching, Integer> watching(
      Question question, Optional<LoggedChange> newest) {
    String name = name(question.viewer());
    Map<Watching, Integer> all = new HashMap<>();
    try {
      for (CompletableFuture<Map<Watching, Integer>> each :
          loops.watching(
              visitor -> Objects.equals(name(visitor), name),
              question.table().name(),
              newest.map(LoggedChange::id).orElse(0L))) {
        each.get(LOOP_SECONDS, TimeUnit.SECONDS)
            .forEach((watching, count) -> all.merge(watching, count, Integer::sum));
      }
      return all;
    } catch (TimeoutException e) {
      return null;
    } catch (InterruptedException | RejectedExecutionException e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new OrderwireException(
          ErrorCode.GOING_AWAY, "the server is shutting down: try again", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("work on an event loop failed", e.getCause());
    }
  }

  private static @Nullable String name(Visitor visitor) {
    Identity identity = visitor.identity();
    return identity == null ? null : identity.name();
  }
}
