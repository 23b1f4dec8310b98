package dev.orderwire.changelog;

import dev.orderwire.mysql.Query;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ages of changes, for retention. A row's own {@code at} cannot tell its age, since a writer
 * can set it to any time ({@code SET TIMESTAMP}, or a replayed binlog). So the servers note now and
 * then which id of the change log is the newest, and the time by MySQL's clock: all ids up to it
 * are at least as old. With fewer checkpoints, changes only seem younger.
 *
 * @param epoch the change log that the ids belong to
 * @param seen by rising id
 */
public record Checkpoints(String epoch, List<Checkpoint> seen) {
  /**
   * A time at which an id was in the change log.
   *
   * @param at by MySQL's clock, in seconds since 1970
   */
  public record Checkpoint(long at, long id) {}

  static final String STATE = "checkpoints";

  /** Beyond this number, every other one is dropped. */
  static final int MOST = 400;

  /** An age is divided into so many checkpoints. */
  private static final int FOR_EACH_AGE = 200;

  public Checkpoints {
    seen = List.copyOf(seen);
  }

  /** The checkpoints of an epoch, locked until the transaction ends. */
  public static Checkpoints lock(Connection connection, String epoch) throws SQLException {
    List<Checkpoint> seen = new ArrayList<>();
    StateTable.lock(connection, STATE)
        .filter(value -> value.path("epoch").asString("").equals(epoch))
        .ifPresent(value -> value.path("seen").forEach(each -> seen.add(checkpoint(each))));
    return new Checkpoints(epoch, seen);
  }

  private static Checkpoint checkpoint(JsonNode pair) {
    return new Checkpoint(pair.path(0).asLong(), pair.path(1).asLong());
  }

  /** The time by MySQL's clock, which a session's {@code timestamp} does not change. */
  public static Instant now(Connection connection) throws SQLException {
    return Query.list(
            connection,
            // The session's time zone is UTC.
            "SELECT TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', SYSDATE())",
            row -> Instant.ofEpochSecond(row.getLong(1)))
        .getFirst();
  }

  /** The highest id that is at least of this age; 0 if none is known to be. */
  public long highestOf(Duration age, Instant now) {
    long latest = now.minus(age).getEpochSecond();
    return seen.stream()
        // Both times lack the fraction of their second.
        .filter(checkpoint -> checkpoint.at() < latest)
        .mapToLong(Checkpoint::id)
        .max()
        .orElse(0);
  }

  /**
   * Notes the newest id, unless the last checkpoint is recent enough.
   *
   * @param newestId read before {@code now}
   * @param age the age that retention asks for
   * @param deleted the highest id that retention has deleted
   */
  public Checkpoints with(long newestId, Instant now, Duration age, long deleted) {
    long time = now.getEpochSecond();
    List<Checkpoint> kept = new ArrayList<>();
    for (Checkpoint each : seen) {
      if (each.id() > deleted) {
        // A clock that was ahead of the true time, and was set back, would make changes live long.
        kept.add(new Checkpoint(Math.min(each.at(), time), each.id()));
      }
    }
    long last = kept.isEmpty() ? deleted : kept.getLast().id();
    if (newestId > last
        && (kept.isEmpty() || time - kept.getLast().at() >= age.toSeconds() / FOR_EACH_AGE)) {
      kept.add(new Checkpoint(time, newestId));
    }
    return new Checkpoints(epoch, kept.size() > MOST ? everyOther(kept) : kept);
  }

  /** The last one stays. */
  private static List<Checkpoint> everyOther(List<Checkpoint> all) {
    List<Checkpoint> half = new ArrayList<>();
    for (int i = all.size() - 1; i >= 0; i -= 2) {
      half.add(all.get(i));
    }
    return half.reversed();
  }

  /** Stores them in the state table. */
  public void write(Connection connection) throws SQLException {
    var value = JsonMapper.shared().createObjectNode().put("epoch", epoch);
    var pairs = value.putArray("seen");
    seen.forEach(each -> pairs.addArray().add(each.at()).add(each.id()));
    StateTable.write(connection, STATE, value);
  }
}
