package dev.orderwire.gateway.protocol;

import dev.orderwire.view.WhereLimit;
import java.util.Locale;

/** The limits of the gateway, each with its default. */
public enum Limit {
  CONNECTIONS(50_000, "connections in all"),
  ADDRESS_CONNECTIONS(2_000, "connections of one address"),
  IDENTITY_CONNECTIONS(1_000, "connections of one identity"),
  ADDRESS_OPENINGS(200, "new connections of one address in a second"),
  ADDRESS_EXPLANATIONS(10, "refused connections of one address that are told why in a second"),
  ADDRESS_REQUESTS(1_000, "requests and frames of one address in a second"),
  IDENTITY_REQUESTS(500, "requests and frames of one identity in a second"),
  FRAMES(50, "frames of one connection in a second"),
  HANDSHAKE_SECONDS(10, "seconds for a new connection to send its first request"),
  AUTH_SECONDS(5, "seconds for a new connection to say who it is"),
  IDLE_SECONDS(60, "seconds that an HTTP connection may lie idle between requests"),
  URL_BYTES(16_384, "bytes of the first line of a request"),
  HEADER_BYTES(16_384, "bytes of the headers of a request"),
  MESSAGE_BYTES(65_536, "bytes of one message from a client"),
  WHERE_LEVELS(WhereLimit.LEVELS),
  WHERE_CONDITIONS(WhereLimit.CONDITIONS),
  WHERE_VALUES(WhereLimit.VALUES),
  WHERE_CHARACTERS(WhereLimit.CHARACTERS),
  VIEWS(100, "views of one connection"),
  DISTINCT_VIEWS(100_000, "different views in all"),
  ERRORS(50, "errors that one connection may cause"),
  OUTBOUND_BYTES(65_536, "bytes that wait for one connection before nothing more is sent to it"),
  UNREAD_BYTES(1_048_576, "bytes of unread answers for one connection"),
  FRAME_CHANGES(1_000, "changes after which a message ends, at the end of a moment"),
  FRAME_BYTES(262_144, "bytes after which a message ends, at the end of a moment"),
  SHARED_BYTES(67_108_864, "bytes of encoded messages kept for lagging clients"),
  PAGE_CHANGES(1_000, "changes of one page of the change log"),
  PAGE_ROWS(1_000, "rows of a snapshot read at a time"),
  PAGE_BYTES(65_536, "bytes of one page of the change log, or of one message of a snapshot"),
  ROWS(10_000, "rows or changes of one HTTP answer"),
  ANSWER_BYTES(4_194_304, "bytes after which an HTTP answer ends"),
  UNTAKEN_BYTES(134_217_728, "bytes of HTTP answers that their clients have not taken yet"),
  CLIENT_UNTAKEN_BYTES(
      33_554_432, "bytes of HTTP answers that one address or one identity has not taken yet"),
  TASKS(8, "tasks that read from MySQL at once"),
  WAITING_TASKS(50_000, "tasks that wait for their turn to read from MySQL"),
  STALL_SECONDS(30, "seconds that a client may take nothing while it catches up"),
  SNAPSHOTS(4, "snapshots that are read from MySQL at once"),
  IDENTITY_SNAPSHOTS(100, "snapshots that are read or wait to be read for one identity"),
  SNAPSHOT_ROWS(10_000_000, "rows of one snapshot"),
  SPOOL_BYTES(33_554_432, "bytes of snapshots in memory"),
  SPOOL_MEGABYTES(10_240, "megabytes of snapshots on disk"),
  SPOOL_LOADED_BYTES(33_554_432, "bytes of snapshots that were read back from disk to be sent"),
  MOVE_BYTES(
      33_554_432, "bytes of rows that move into or out of sight, and are on their way to clients"),
  EXPLANATIONS(2, "explanations at once"),
  ALTERED_SECONDS(10, "seconds that a snapshot waits for a table that is being altered");

  private final long number;
  private final String sentence;

  Limit(long number, String sentence) {
    this.number = number;
    this.sentence = sentence;
  }

  Limit(WhereLimit limit) {
    this(limit.number(), "of a where: " + limit.sentence());
  }

  /** The limit of a {@code where} as a limit of the gateway. */
  public static Limit of(WhereLimit limit) {
    return switch (limit) {
      case LEVELS -> WHERE_LEVELS;
      case CONDITIONS -> WHERE_CONDITIONS;
      case VALUES -> WHERE_VALUES;
      case CHARACTERS -> WHERE_CHARACTERS;
    };
  }

  /** The default. */
  public long number() {
    return number;
  }

  /** Its name in metrics: {@code address_connections}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the number limits: "bytes of one message from a client". */
  public String sentence() {
    return sentence;
  }
}
