package dev.orderwire.auth.held;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * A set of values now, and what came and went at each moment of late, from which the set after such
 * a moment is made. So a moment costs what it changes. All methods need the lock of {@link
 * HeldTables}, except where noted.
 */
final class SetHistory {
  /** What is known of a set after a moment. */
  sealed interface Known {
    record Values(ValueList list) implements Known {}

    /** More rows than the lookup allows. */
    record TooMany() implements Known {}

    /** The table was altered or emptied and not read again yet, or the moment is too long ago. */
    record Nothing() implements Known {}
  }

  enum State {
    KNOWN,
    TOO_MANY,
    UNKNOWN
  }

  /**
   * What a moment has changed.
   *
   * @param before the state before it
   * @param made the set before it
   */
  private record Step(
      long sequence, List<String> came, List<String> went, State before, Made made) {
    int size() {
      return 1 + came.size() + went.size();
    }
  }

  /** The set after a moment, as long as somebody else refers to it. */
  private static final class Made {
    WeakReference<ValueList> list = new WeakReference<>(null);
  }

  private final int mostSize;

  /** In how many rows each value stands. */
  private final TreeMap<String, Integer> rows = new TreeMap<>();

  /** The values that changed since the last {@link #settle}, and whether the set had them then. */
  private final Map<String, Boolean> touched = new HashMap<>();

  /** The newest is the last. */
  private final Deque<Step> steps = new ArrayDeque<>();

  private @Nullable State state;
  private Made made = new Made();
  private long newest;
  private int size;

  /** Those of all steps. Read without the lock. */
  private final NavigableSet<Long> changing = new ConcurrentSkipListSet<>();

  /** The newest step that is gone. Read without the lock. */
  private volatile long forgotten = Long.MIN_VALUE;

  /**
   * @param mostSize how many steps to keep, and values that came or went with them; the newest step
   *     always stays
   */
  SetHistory(int mostSize) {
    this.mostSize = mostSize;
  }

  /** One more row has a value, as JSON. */
  void add(String value) {
    touch(value);
    rows.merge(value, 1, Integer::sum);
  }

  /** One row less has a value. */
  void remove(String value) {
    touch(value);
    rows.computeIfPresent(value, (_, count) -> count == 1 ? null : count - 1);
  }

  private void touch(String value) {
    touched.putIfAbsent(value, rows.containsKey(value));
  }

  /** The state after the newest moment. */
  State state() {
    return state == null ? State.UNKNOWN : state;
  }

  /** The newest moment that has changed the set. */
  long newest() {
    return newest;
  }

  /** How many steps are kept, and values that came or went with them. */
  int size() {
    return size;
  }

  /**
   * Ends a moment. What is true after the first one counts for all moments before it.
   *
   * @param sequence of the moment; an earlier one than the newest counts as that
   * @param oldest the oldest moment that anybody may still ask about
   * @return whether the moment has changed anything
   */
  boolean settle(long sequence, State after, long oldest) {
    List<String> came = new ArrayList<>();
    List<String> went = new ArrayList<>();
    touched.forEach((value, before) -> {
      boolean now = rows.containsKey(value);
      if (now != before) {
        (now ? came : went).add(value);
      }
    });
    touched.clear();
    State before = state;
    state = after;
    if (before == null) {
      newest = sequence;
      return false;
    }
    if (before == after && came.isEmpty() && went.isEmpty()) {
      return false;
    }
    newest = Math.max(newest, sequence);
    Step step = new Step(newest, List.copyOf(came), List.copyOf(went), before, made);
    made = new Made();
    steps.add(step);
    size += step.size();
    changing.add(newest);
    forget(oldest);
    return true;
  }

  private void forget(long oldest) {
    while (!steps.isEmpty()
        && (steps.getFirst().sequence() < oldest || (size > mostSize && steps.size() > 1))) {
      Step gone = steps.removeFirst();
      size -= gone.size();
      // In this order, for changesAt.
      forgotten = gone.sequence();
      changing.headSet(gone.sequence(), true).clear();
    }
  }

  /** Whether a moment changes the set, or may have: it is too long ago. For any thread. */
  boolean changesAt(long sequence) {
    return changing.contains(sequence) || sequence <= forgotten;
  }

  /** The set after a moment. */
  Known at(long sequence) {
    if (state == null || sequence < forgotten) {
      return new Known.Nothing();
    }
    State then = state;
    Made known = made;
    Iterator<Step> earlier = steps.descendingIterator();
    while (earlier.hasNext()) {
      Step step = earlier.next();
      if (step.sequence() <= sequence) {
        break;
      }
      then = step.before();
      known = step.made();
    }
    return switch (then) {
      case KNOWN -> new Known.Values(list(known, sequence));
      case TOO_MANY -> new Known.TooMany();
      case UNKNOWN -> new Known.Nothing();
    };
  }

  private ValueList list(Made known, long sequence) {
    ValueList list = known.list.get();
    if (list == null) {
      list = new ValueList(values(sequence));
      known.list = new WeakReference<>(list);
    }
    return list;
  }

  private NavigableSet<String> values(long sequence) {
    NavigableSet<String> values = new TreeSet<>(rows.navigableKeySet());
    Iterator<Step> earlier = steps.descendingIterator();
    while (earlier.hasNext()) {
      Step step = earlier.next();
      if (step.sequence() <= sequence) {
        break;
      }
      step.came().forEach(values::remove);
      values.addAll(step.went());
    }
    return values;
  }
}
