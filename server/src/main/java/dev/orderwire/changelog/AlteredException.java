package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import java.sql.SQLException;
import java.util.Set;

/**
 * A table is no longer as it was known: altered in the middle of a snapshot, or before it, or gone.
 * Its new shape reaches the {@link Catalog} in a while.
 */
public final class AlteredException extends OrderwireException {
  private static final long serialVersionUID = 1L;

  /**
   * ER_BAD_FIELD_ERROR, ER_NO_SUCH_TABLE, ER_TABLE_DEF_CHANGED; and ER_LOCK_DEADLOCK, which a read
   * that locks no row meets only where somebody wants the table and the change log for himself, as
   * who repairs triggers does.
   */
  private static final Set<Integer> CODES = Set.of(1054, 1146, 1412, 1213);

  AlteredException(Table table, SQLException cause) {
    super(
        "table_altered",
        "table \"%s\" is being altered, or is not there: try again in a few seconds"
            .formatted(table.name()),
        cause);
  }

  static boolean isShownBy(SQLException failure) {
    return CODES.contains(failure.getErrorCode());
  }
}
