package dev.orderwire.bus;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.TableVersion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes of several tables out of the change log, by rising id, with a reset at the place of
 * the newest reset row of each. For one thread, which it makes wait for MySQL.
 */
final class LogReplay {
  /** What it brings next. */
  sealed interface Item {
    /** A change. */
    record Logged(Change change) implements Item {}

    /** The table must be read again. */
    record Reset(TableVersion version) implements Item {}

    /** There is nothing more. */
    record End() implements Item {}

    /** Retention has deleted some of the changes: nothing more can be known. */
    record Deleted() implements Item {}
  }

  private static final int PAGE = 500;
  private static final long PAGE_SIZE = 2 << 20;

  /** For a reset that is not there, and for one after all that is. */
  private static final long NONE = Long.MAX_VALUE;

  private static final long LAST = NONE - 1;

  private final Backlog backlog;
  private final Ids wanted;
  private final List<Source> sources = new ArrayList<>();

  /**
   * @param wanted the ids to read
   * @param tables in their versions once all of {@code wanted} has been seen
   */
  LogReplay(Backlog backlog, Ids wanted, Collection<TableVersion> tables) {
    this.backlog = backlog;
    this.wanted = wanted;
    for (TableVersion each : tables) {
      // From the marker to the reset, the log lacks changes of the table. The reset is to come.
      if (!each.isHeld()) {
        sources.add(new Source(each));
      }
    }
  }

  /**
   * The next change or reset.
   *
   * @throws OrderwireException {@code mysql_unavailable}
   */
  Item next() {
    @Nullable Source first = null;
    for (Source each : sources) {
      if (!each.fill()) {
        return new Item.Deleted();
      }
      if (each.id() < (first == null ? NONE : first.id())) {
        first = each;
      }
    }
    return first == null ? new Item.End() : first.take();
  }

  /** One table. */
  private final class Source {
    private final TableVersion version;
    private final Deque<Change> page = new ArrayDeque<>();
    private long after;
    private boolean ended;

    /** The id of the reset that is still to come. */
    private long reset;

    Source(TableVersion version) {
      this.version = version;
      this.reset = wanted.contains(version.resetId()) ? version.resetId() : NONE;
    }

    /** Reads the next page if it has none; false if retention has deleted changes. */
    boolean fill() {
      while (page.isEmpty() && !ended) {
        switch (backlog.page(wanted, version.table().name(), after, PAGE, PAGE_SIZE)) {
          case Backlog.Page.Changes(List<Change> changes) -> {
            page.addAll(changes);
            ended = changes.isEmpty();
            after = ended ? after : changes.getLast().id();
          }
          case Backlog.Page.Deleted() -> {
            return false;
          }
          case Backlog.Page.Incomplete() -> {
            if (reset > after && reset != NONE) {
              // What is between is in the table when it is read again.
              after = reset;
            } else {
              ended = true;
              reset = reset == NONE ? LAST : reset;
            }
          }
        }
      }
      return true;
    }

    long id() {
      return Math.min(reset, page.isEmpty() ? NONE : page.getFirst().id());
    }

    Item take() {
      if (!page.isEmpty() && page.getFirst().id() < reset) {
        return new Item.Logged(page.removeFirst());
      }
      reset = NONE;
      return new Item.Reset(version);
    }
  }
}
