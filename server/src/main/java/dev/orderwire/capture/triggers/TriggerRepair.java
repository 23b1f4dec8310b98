package dev.orderwire.capture.triggers;

import dev.orderwire.change.Op;
import dev.orderwire.mysql.NonBlockingDdl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Puts the triggers of one table right, one statement at a time: after each, every change is logged
 * once ({@link TriggerGuard}), and whoever comes next, after a crash or from another server, goes
 * on from what stands there.
 */
final class TriggerRepair {
  private final Connection connection;
  private final NonBlockingDdl ddl;
  private final TriggerPlan plan;
  private final String table;
  private final Set<Op> renewed = EnumSet.noneOf(Op.class);

  private TriggerRepair(Connection connection, NonBlockingDdl ddl, TriggerPlan plan) {
    this.connection = connection;
    this.ddl = ddl;
    this.plan = plan;
    this.table = plan.table().name();
  }

  /**
   * Does what the plan says is to be done.
   *
   * @return the names of the triggers that were made
   */
  static List<String> run(Connection connection, NonBlockingDdl ddl, TriggerPlan plan)
      throws SQLException {
    return new TriggerRepair(connection, ddl, plan).run(false);
  }

  /**
   * Makes all triggers anew, so that every transaction that had used the table before has ended
   * once this returns: MySQL waits for them.
   */
  static List<String> renew(Connection connection, NonBlockingDdl ddl, TriggerPlan plan)
      throws SQLException {
    return new TriggerRepair(connection, ddl, plan).run(true);
  }

  private List<String> run(boolean renew) throws SQLException {
    List<String> made = new ArrayList<>();
    for (Op op : Op.values()) {
      if (!renew) {
        renewed.add(op);
      }
      boolean any = false;
      while (step(op)) {
        any = true;
      }
      if (any) {
        made.add(ofOp(op).getFirst().name());
      }
    }
    return made;
  }

  /** Whether there was anything to do, so that there may be more. */
  private boolean step(Op op) throws SQLException {
    List<InstalledTrigger> standing = ofOp(op);
    if (standing.isEmpty()) {
      make(trigger(names(standing).free(op), op, TriggerGuard.fresh(null)));
      return true;
    }
    InstalledTrigger first = standing.getFirst();
    boolean right = first.does(op, body(op)) && renewed.contains(op);
    if (right && standing.size() > 1) {
      // The last: those before it leave its id behind for nobody, and that is all.
      ddl.run(Trigger.dropSql(standing.getLast().name()));
      return true;
    }
    if (right && !TriggerNames.isPassing(first.name())) {
      return false;
    }
    makeBefore(first, op, standing);
    return true;
  }

  private void makeBefore(InstalledTrigger first, Op op, List<InstalledTrigger> standing)
      throws SQLException {
    TriggerGuard guard = TriggerGuard.fresh(first.id());
    String name = names(standing).free(op);
    boolean taken = standing.stream().anyMatch(other -> other.name().equalsIgnoreCase(name));
    Trigger next = trigger(taken ? TriggerNames.passing(op, guard) : name, op, guard);
    ddl.run(next.createBeforeSql(first.name()));
    renewed.add(op);
  }

  private void make(Trigger trigger) throws SQLException {
    ddl.run(trigger.createSql());
    renewed.add(trigger.op());
  }

  private Trigger trigger(String name, Op op, TriggerGuard guard) {
    return new Trigger(name, table, op, body(op), guard);
  }

  private String body(Op op) {
    return Objects.requireNonNull(plan.wanted().get(op));
  }

  private TriggerNames names(List<InstalledTrigger> standing) throws SQLException {
    return TriggerNames.of(connection, table, standing);
  }

  private List<InstalledTrigger> ofOp(Op op) throws SQLException {
    return InstalledTrigger.of(connection, table).stream()
        .filter(trigger -> trigger.op() == op)
        .toList();
  }
}
