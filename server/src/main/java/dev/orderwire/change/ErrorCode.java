package dev.orderwire.change;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The codes of all errors, each with its HTTP status, the close code of a WebSocket connection that
 * ends because of it, and whether the same request may succeed later.
 *
 * <p>docs/reference/protocol.md lists the codes that a client can receive. The others end a
 * command: its message goes to stderr, and the exit code is 1.
 */
public enum ErrorCode {
  // A request that is wrong: repeating it fails again.
  BAD_REQUEST(
      400, 4400, false, "the request is not valid HTTP, or not a valid WebSocket handshake"),
  BAD_PARAMETER(400, 4400, false, "a parameter of the URL is unknown, duplicate or invalid"),
  BAD_JSON(400, 4400, false, "the text is not JSON, or an object has a duplicate key"),
  BAD_MESSAGE(
      400,
      4400,
      false,
      "the message is not an object, has no type, or has a field of the wrong type"),
  UNKNOWN_TYPE(400, 4400, false, "there is no message of this type"),
  UNKNOWN_FIELD(400, 4400, false, "the message has a field that its type does not have"),
  UNKNOWN_COLUMN(
      400, 4400, false, "the table has no such column; write names exactly as MySQL spells them"),
  MASKED_COLUMN(400, 4400, false, "where tests a column that the client sees masked"),
  UNKNOWN_OPERATOR(400, 4400, false, "where has no such operator"),
  BAD_WHERE(400, 4400, false, "where is invalid, or too large"),
  WRONG_TYPE(400, 4400, false, "a value in where does not fit its column"),
  BAD_CONFLATE(400, 4400, false, "conflate is not a time from 10ms to 60s"),
  BAD_KEY(400, 4400, false, "after, or key, is not a key of the table"),
  UNKNOWN_POSITION(400, 4400, false, "since is not a position that the server can resume from"),
  UNKNOWN_SUBPROTOCOL(400, 4400, false, "the server does not know the WebSocket subprotocol"),
  UNKNOWN_VIEW(400, 4400, false, "the connection does not have this view"),
  ALREADY_SUBSCRIBED(400, 4400, false, "the connection already has this view"),
  TOO_MANY_VIEWS(400, 4400, false, "the connection has as many views as it may have"),
  AUTH_NOT_CONFIGURED(
      400, 4400, false, "the client sent auth, but the server has no authentication"),
  ROLE_NEEDED(400, 4400, false, "the client has several roles, and must name one as role"),
  ROW_TOO_LARGE(400, 4400, false, "MySQL cannot fit all values of a row into one JSON document"),
  UNREADABLE_ROW(400, 4400, false, "MySQL cannot compute a value of a row of the table"),
  QUERY_ENDED(
      400, 4400, false, "a time limit in MySQL, or KILL, ended a query before it was complete"),
  NOT_AUTHENTICATED(
      401, 4401, false, "the token or API key is missing, not accepted, or has run out"),
  REVOKED(401, 4401, false, "the token, or everything of its subject, was revoked"),
  NOT_ALLOWED(403, 4403, false, "the client may not do this"),
  KICKED(403, 4403, false, "an administrator closed the connection"),
  HOST_NOT_ALLOWED(
      403, 4400, false, "the server listens on loopback, and the request is for another host"),
  ORIGIN_NOT_ALLOWED(403, 4400, false, "pages of this origin may not connect"),
  NOT_FOUND(404, 4400, false, "there is nothing at this path"),
  UNKNOWN_TABLE(
      404,
      4400,
      false,
      "the table is not watched, or missing; write names exactly as MySQL spells them"),
  METHOD_NOT_ALLOWED(405, 4400, false, "the path does not support the method"),
  BODY_NOT_ALLOWED(413, 4413, false, "requests have no body"),
  URL_TOO_LONG(414, 4413, false, "the first line of the request is too long"),
  UPGRADE_REQUIRED(426, 4400, false, "/ws needs a WebSocket handshake"),
  HEADERS_TOO_LARGE(431, 4413, false, "the headers of the request are too large"),

  // A temporary condition: the same request may succeed later.
  TOO_SLOW(408, 4408, true, "the client took nothing for too long while it caught up"),
  OVER_LIMIT(
      429,
      4429,
      true,
      "the client is over a limit, too many requests came at once, or there is no room for the rows of the view"),
  INTERNAL_ERROR(500, 1011, true, "a defect: the log of the server has the cause"),
  MYSQL_UNAVAILABLE(503, 4503, true, "MySQL is unavailable"),
  QUERY_REFUSED(503, 4503, true, "MySQL refused a query: the log of the server has the cause"),
  TABLE_LOCKED(503, 4503, true, "another session locks the table for too long"),
  POLICY_MISFIT(
      503,
      4503,
      true,
      "the policy of the table does not fit the table: `orderwire doctor` tells why"),
  LOOKUP_UNAVAILABLE(503, 4503, true, "what the client may see cannot be looked up now"),
  LOOKUP_TOO_LARGE(
      503, 4503, true, "a lookup has more rows for the client than the server allows it"),
  TABLE_ALTERED(503, 4503, true, "the table is missing, or being altered"),
  IDENTITY_UNAVAILABLE(503, 4503, true, "the keys that tokens are checked with cannot be read"),
  GOING_AWAY(503, 1001, true, "the server shuts down"),

  // What keeps the server from starting, or a command from doing its work.
  BAD_SETTINGS("a setting is invalid"),
  PORT_TAKEN("the port is in use"),
  CANNOT_LISTEN("the server cannot bind to its address"),
  MYSQL_NOT_SET("no MySQL is configured"),
  NO_MYSQL("no MySQL is configured, and no demo is running"),
  MYSQL_UNREACHABLE("the connection to MySQL failed"),
  MYSQL_FAILED("MySQL rejected a statement"),
  SQL_FAILED("MySQL rejected the statement"),
  UNSUPPORTED_SERVER("the MySQL version is not supported"),
  SPLIT_SESSION("a proxy spreads the statements of a connection over several sessions"),
  UNSUPPORTED_TYPE("a column has a type that cannot be encoded"),
  NOT_A_TABLE("the name belongs to a view, or to a table of Orderwire's own"),
  UNREADABLE_TABLE("the definition of a table cannot be parsed"),
  NO_KEY("a table has no key"),
  AMBIGUOUS_KEY("two rows of a table may have the same key in JSON"),
  SESSION_DEPENDENT("a virtual column may have another value in each session"),
  NO_TRANSACTIONS("a table's storage engine has no transactions"),
  CASCADE("foreign keys can change rows without running triggers"),
  MISSING_PRIVILEGE("the MySQL user lacks a privilege"),
  BINLOG_FORBIDS_TRIGGERS("MySQL does not let this user create triggers"),
  BINLOG_FORMAT("the format of MySQL's binlog does not allow the server's writes"),
  FOREIGN_CHANGE_LOG("a table that is not Orderwire's has the change log's name"),
  FOREIGN_CANARY("a table that is not Orderwire's has the canary table's name"),
  CANNOT_INSTALL("several things prevent the installation"),
  TRIGGERS_FAIL("a trigger does not log what was written to try it"),
  TABLE_BUSY("open transactions hold a table"),
  NOT_INSTALLED("the change log or a trigger is missing or outdated"),
  NO_CHANGE_LOG("the database has no change log"),
  NO_EPOCH("the change log has no epoch"),
  STATE_NOT_READABLE("the state folder cannot be read"),
  STATE_NOT_WRITABLE("the state folder cannot be written"),
  NO_SECRET("no shared secret is configured to sign tokens with"),
  PART_FAILED("a part of the demo does not start"),
  NO_SOURCE_TREE("the command needs a source tree"),
  NO_SERVER("no server answers at the address"),
  REFUSED_BY_SERVER("the server refused the connection"),
  CLOSED_BY_SERVER("the server closed the connection for good"),
  NOT_THE_PROTOCOL("the peer does not speak Orderwire's protocol"),
  VIEW_ENDED("the server ended the view"),
  NO_PEER("the server to compare with does not start");

  private final int status;
  private final int closeCode;
  private final boolean retryable;
  private final String sentence;

  ErrorCode(int status, int closeCode, boolean retryable, String sentence) {
    this.status = status;
    this.closeCode = closeCode;
    this.retryable = retryable;
    this.sentence = sentence;
  }

  /** An error of a command. A client that received one would have found a defect. */
  ErrorCode(String sentence) {
    this(500, 1011, false, sentence);
  }

  /**
   * The code of this text.
   *
   * @param text as in {@link #text}
   * @return empty for a code that this version does not have
   */
  public static Optional<ErrorCode> of(String text) {
    return Arrays.stream(values()).filter(code -> code.text().equals(text)).findFirst();
  }

  /** The code on the wire and in metrics: {@code unknown_table}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The status of an HTTP answer with this code. */
  public int status() {
    return status;
  }

  /** The close code of a connection that ends because of this error. */
  public int closeCode() {
    return closeCode;
  }

  /** Whether the same request may succeed later, unchanged. */
  public boolean retryable() {
    return retryable;
  }

  /** What the code means, in one sentence without a full stop. */
  public String sentence() {
    return sentence;
  }
}
