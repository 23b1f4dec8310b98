package dev.orderwire.feed;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;

/**
 * A snapshot found that its table no longer has the expected shape, or is gone. The new shape
 * reaches the {@link Catalog} with the next reset of the table.
 */
public final class TableAlteredException extends OrderwireException {
  private static final long serialVersionUID = 1L;

  public TableAlteredException(Table table, Throwable cause) {
    super(
        ErrorCode.TABLE_ALTERED,
        "table \"%s\" is being altered or does not exist: try again in a few seconds"
            .formatted(table.name()),
        cause);
  }
}
