package dev.orderwire.auth.held;

import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tokens and subjects that are revoked: the rows of a table, which any application may write.
 * Only a logged change of a row takes a revocation back. So what is missing after the table was
 * emptied or dropped stays revoked, until its time or until the server ends. Safe for any number of
 * threads.
 */
public final class Revocations extends HeldRows {
  /** The columns of the table: the id of a token, a subject, and until when; each may be NULL. */
  public static final List<String> COLUMNS = List.of("jti", "subject", "until");

  private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
  private static final String NULL = "null";

  /** What a row revokes: a token, and everything of a subject. */
  private record Whom(@Nullable String token, @Nullable String subject) {}

  /**
   * @param until null for ever
   */
  private record Revoked(Key key, Whom whom, @Nullable Instant until) {
    boolean isInForce(Instant now) {
      return until == null || until.isAfter(now);
    }
  }

  private final HeldTables tables;
  private final InstantSource clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  private final Map<Key, Revoked> rows = new HashMap<>();

  /** What was revoked by rows that are gone unlogged. */
  private final Map<Whom, Set<Revoked>> lost = new HashMap<>();

  // Of the rows, and of what is lost.
  private final Map<String, Set<Revoked>> byToken = new HashMap<>();
  private final Map<String, Set<Revoked>> bySubject = new HashMap<>();

  /** Whether the moment has revoked anything so far. */
  private boolean revoked;

  public Revocations(HeldTables tables, String table, InstantSource clock) {
    super(table, null, COLUMNS);
    this.tables = tables;
    this.clock = clock;
  }

  /**
   * Reads the table. Blocks; the tail must run.
   *
   * @throws OrderwireException {@code lookup_unavailable}; {@code mysql_unavailable}
   */
  public void start() {
    tables.hold(this);
  }

  /**
   * Calls {@code listener} after something was revoked, on the tail's thread: it must not block.
   */
  public void onRevoked(Runnable listener) {
    listeners.add(listener);
  }

  /** Whether a token is revoked, or everything of its subject. */
  public boolean isRevoked(String subject, @Nullable String token) {
    Instant now = clock.instant();
    synchronized (tables) {
      return isInForce(bySubject.get(subject), now)
          || (token != null && isInForce(byToken.get(token), now));
    }
  }

  private static boolean isInForce(@Nullable Set<Revoked> revoked, Instant now) {
    return revoked != null && revoked.stream().anyMatch(each -> each.isInForce(now));
  }

  @Override
  int mostRows() {
    return Integer.MAX_VALUE - 1;
  }

  @Override
  void replace(Map<Key, Row> read, long sequence) {
    Set<Revoked> before = new HashSet<>(rows.values());
    lost.values().forEach(before::addAll);
    rows.clear();
    lost.clear();
    byToken.clear();
    bySubject.clear();
    read.forEach(this::add);
    Instant now = clock.instant();
    for (Revoked each : before) {
      if (each.isInForce(now) && !each.equals(rows.get(each.key()))) {
        put(each, each.whom(), lost);
        index(each);
      }
    }
    listeners.forEach(Runnable::run);
  }

  @Override
  void put(Key key, @Nullable Row before, @Nullable Row after, long sequence) {
    if (before != null) {
      takeBack(key, whom(before));
    }
    if (after != null) {
      add(key, after);
      revoked = true;
    }
  }

  private void takeBack(Key key, Whom whom) {
    Revoked row = rows.get(key);
    if (row != null && row.whom().equals(whom)) {
      rows.remove(key);
      unindex(row);
    }
    Set<Revoked> same = lost.remove(whom);
    if (same != null) {
      same.forEach(this::unindex);
    }
  }

  @Override
  void endMoment(long sequence) {
    if (revoked) {
      revoked = false;
      listeners.forEach(Runnable::run);
    }
  }

  private void add(Key key, Row row) {
    Revoked added = new Revoked(key, whom(row), until(row));
    if (added.whom().token() == null && added.whom().subject() == null) {
      LOG.warn(
          "The row {} of {} revokes nothing: it has neither a jti nor a subject", key, table());
    }
    remove(added, added.whom(), lost);
    Revoked before = rows.put(key, added);
    if (before != null && !before.equals(added)) {
      // It went unlogged: its key is used again.
      put(before, before.whom(), lost);
    }
    index(added);
  }

  private static Whom whom(Row row) {
    return new Whom(text(row, "jti"), text(row, "subject"));
  }

  private void index(Revoked each) {
    put(each, each.whom().token(), byToken);
    put(each, each.whom().subject(), bySubject);
  }

  private void unindex(Revoked each) {
    remove(each, each.whom().token(), byToken);
    remove(each, each.whom().subject(), bySubject);
  }

  private static <T> void put(Revoked added, @Nullable T name, Map<T, Set<Revoked>> to) {
    if (name != null) {
      to.computeIfAbsent(name, _ -> new HashSet<>()).add(added);
    }
  }

  private static <T> void remove(Revoked gone, @Nullable T name, Map<T, Set<Revoked>> from) {
    if (name != null) {
      from.computeIfPresent(
          name,
          (_, known) -> {
            known.remove(gone);
            return known.isEmpty() ? null : known;
          });
    }
  }

  private static @Nullable String text(Row row, String column) {
    String json = Objects.requireNonNullElse(row.json(column), NULL);
    return json.equals(NULL) ? null : JsonMapper.shared().readTree(json).asString();
  }

  private static @Nullable Instant until(Row row) {
    String text = text(row, "until");
    try {
      // A DATETIME has no zone: it counts as UTC.
      return text == null ? null : Instant.parse(text.endsWith("Z") ? text : text + "Z");
    } catch (DateTimeParseException e) {
      LOG.warn("A revocation until {}, which is no time, is one for ever", text);
      return null;
    }
  }

  @Override
  void forget(long sequence) {}

  @Override
  boolean isLasting() {
    return true;
  }
}
