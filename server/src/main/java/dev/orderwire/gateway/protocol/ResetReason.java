package dev.orderwire.gateway.protocol;

import java.util.Locale;

/** Why a client must replace its rows: the {@code reason} of a {@code reset} message. */
public enum ResetReason {
  /** The position is not valid for this change log: it belongs to another, or is beyond its end. */
  EPOCH,
  /** Changes after the position are no longer kept. */
  RETENTION,
  /** The table was altered, replaced or emptied, or its triggers were repaired. */
  SCHEMA,
  /** The client may see other rows or columns than the position stands for. */
  POLICY;

  /** The reason on the wire. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
