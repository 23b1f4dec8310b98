package dev.orderwire.testing;

import java.time.Duration;

/** Makes changes old, as retention sees them. */
public final class LogAge {
  private LogAge() {}

  /** As if a server had seen all changes up to {@code id} that long ago, and nothing since. */
  public static void seen(TestDatabase database, long id, Duration ago) {
    database.execute(
        """
        REPLACE INTO orderwire_state (name, value)
          SELECT 'checkpoints', JSON_OBJECT('epoch', value->>'$.epoch', 'seen',
                   JSON_ARRAY(JSON_ARRAY(UNIX_TIMESTAMP() - %d, %d)))
            FROM orderwire_state AS known WHERE name = 'epoch'\
        """
            .formatted(ago.toSeconds(), id));
  }
}
