package dev.orderwire.capture.triggers;

import dev.orderwire.change.Op;
import dev.orderwire.changelog.ResetRows;
import dev.orderwire.mysql.NonBlockingDdl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates and drops the triggers of one table, one statement at a time. After each statement, every
 * change is logged once ({@link TriggerGuard}). After a crash, this server or another one continues
 * from the triggers that exist.
 *
 * <p>Two servers may do so at once. Then both would put a trigger before the same one, and each
 * change would be logged twice. So a new trigger has a name that follows from the triggers that
 * exist: MySQL accepts only one of the two, and the other server starts over. Names come back,
 * though: a trigger may have been replaced, and its name given to the new one. So right before each
 * attempt, the triggers must still be those for which the statement was chosen. Limit: if a server
 * is stopped between that look and its statement, and another one replaces the trigger twice
 * meanwhile, changes are logged twice until the repair has ended.
 */
final class TriggerRepair {
  /**
   * MySQL's errors if another server has created or dropped a trigger meanwhile:
   * ER_TRG_ALREADY_EXISTS, ER_REFERENCED_TRG_DOES_NOT_EXIST.
   */
  private static final Set<Integer> OVERTAKEN = Set.of(1359, 3011);

  private static final int MOST_STARTS = 100;

  private final Connection connection;
  private final NonBlockingDdl ddl;
  private final TriggerPlan plan;
  private final String table;
  private final Set<Op> renewed = EnumSet.noneOf(Op.class);

  /** Whether the change log says that it lacks changes of the table, if it does. */
  private boolean marked;

  /** How often another server was faster. */
  private int overtaken;

  private TriggerRepair(
      Connection connection, NonBlockingDdl ddl, TriggerPlan plan, boolean marked) {
    this.connection = connection;
    this.ddl = ddl;
    this.plan = plan;
    this.table = plan.table().name();
    this.marked = marked;
  }

  /**
   * Carries out the plan. If the table was replaced by one without triggers since the plan was
   * made, a marker comes before the first of them: until all are there, the log has only some of
   * the table's changes.
   *
   * @param marked whether a marker was written already
   * @return the names of the triggers that were created
   */
  static List<String> run(
      Connection connection, NonBlockingDdl ddl, TriggerPlan plan, boolean marked)
      throws SQLException {
    return new TriggerRepair(connection, ddl, plan, marked).run(false);
  }

  /**
   * Replaces all triggers. MySQL waits for open transactions to do so: once this returns, every
   * transaction that had used the table before has ended.
   */
  static List<String> renew(Connection connection, NonBlockingDdl ddl, TriggerPlan plan)
      throws SQLException {
    // For a new epoch, in which nobody has a position yet.
    return new TriggerRepair(connection, ddl, plan, true).run(true);
  }

  private List<String> run(boolean renew) throws SQLException {
    List<String> created = new ArrayList<>();
    for (Op op : Op.values()) {
      if (!renew) {
        renewed.add(op);
      }
      boolean any = false;
      while (step(op)) {
        any = true;
      }
      if (any) {
        created.add(ofOp(op).getFirst().name());
      }
    }
    return created;
  }

  /** Does one step; false if there was nothing to do. */
  private boolean step(Op op) throws SQLException {
    List<InstalledTrigger> existing = ofOp(op);
    if (existing.isEmpty()) {
      if (!marked) {
        ResetRows.markUnlogged(connection, table);
        marked = true;
      }
      String name = names(existing).free(op);
      create(existing, trigger(name, op, TriggerGuard.fresh(null)), null);
      return true;
    }
    InstalledTrigger first = existing.getFirst();
    boolean upToDate = first.does(op, body(op)) && renewed.contains(op);
    if (upToDate && existing.size() > 1) {
      // The last one: those before it then leave an id that no trigger looks for, which is
      // harmless.
      ddl.runWhile(() -> ofOp(op).equals(existing), Trigger.dropSql(existing.getLast().name()));
      return true;
    }
    if (upToDate && !TriggerNames.isTemporary(first.name())) {
      return false;
    }
    createBefore(first, op, existing);
    return true;
  }

  private void createBefore(InstalledTrigger first, Op op, List<InstalledTrigger> existing)
      throws SQLException {
    TriggerGuard guard = TriggerGuard.fresh(first.id());
    String name = names(existing).free(op);
    boolean taken = existing.stream().anyMatch(other -> other.name().equalsIgnoreCase(name));
    create(existing, trigger(taken ? TriggerNames.temporary(first) : name, op, guard), first);
  }

  /**
   * Creates a trigger, unless another server has changed the triggers meanwhile.
   *
   * @param existing the triggers that its name follows from
   * @param first the one before which it comes; null if there is none
   */
  private void create(
      List<InstalledTrigger> existing, Trigger trigger, @Nullable InstalledTrigger first)
      throws SQLException {
    try {
      String sql = first == null ? trigger.createSql() : trigger.createBeforeSql(first.name());
      if (ddl.runWhile(() -> ofOp(trigger.op()).equals(existing), sql)) {
        renewed.add(trigger.op());
      }
    } catch (SQLException e) {
      if (!OVERTAKEN.contains(e.getErrorCode()) || ++overtaken > MOST_STARTS) {
        throw e;
      }
    }
  }

  private Trigger trigger(String name, Op op, TriggerGuard guard) {
    return new Trigger(name, table, op, body(op), guard);
  }

  private String body(Op op) {
    return Objects.requireNonNull(plan.wanted().get(op));
  }

  private TriggerNames names(List<InstalledTrigger> existing) throws SQLException {
    return TriggerNames.of(connection, table, existing);
  }

  private List<InstalledTrigger> ofOp(Op op) throws SQLException {
    return InstalledTrigger.of(connection, table).stream()
        .filter(trigger -> trigger.op() == op)
        .toList();
  }
}
