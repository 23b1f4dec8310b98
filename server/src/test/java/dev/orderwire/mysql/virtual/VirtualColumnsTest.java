package dev.orderwire.mysql.virtual;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.mysql.cj.jdbc.JdbcConnection;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.TableShapes;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.sql.Encoding;
import dev.orderwire.testing.FoldZone;
import dev.orderwire.testing.Logged;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Virtual columns under writers whose sessions have hostile settings. */
class VirtualColumnsTest {
  /** A type, an expression, and what the refusal must name. */
  private static List<String> dependsOnTheSession() {
    return """
    DATE: DATE(ts): time_zone
    VARCHAR(30): ts: time_zone
    INT: YEAR(ts): time_zone
    INT: HOUR(ts): time_zone
    VARCHAR(40): CONCAT(name, ' ', ts): time_zone
    BOOL: ts > dt: dates
    VARCHAR(40): IFNULL(name, ts): time_zone
    DATETIME: FROM_UNIXTIME(n): from_unixtime
    DATETIME: CONVERT_TZ(dt, '+00:00', '+02:00'): convert_tz
    VARCHAR(30): DAYNAME(d): dayname
    VARCHAR(30): MONTHNAME(d): monthname
    VARCHAR(30): DATE_FORMAT(d, '%M %Y'): lc_time_names
    VARCHAR(30): DATE_FORMAT(d, name): lc_time_names
    DATE: STR_TO_DATE(name, '%M %Y'): str_to_date
    VARCHAR(30): FORMAT(price, 2): format
    DECIMAL(20,10): price / 3: div_precision_increment
    VARCHAR(30): n / 7: div_precision_increment
    BIGINT: u - n: NO_UNSIGNED_SUBTRACTION
    BIGINT: CAST(n AS UNSIGNED) - 9: NO_UNSIGNED_SUBTRACTION
    BIGINT: y - 3000: NO_UNSIGNED_SUBTRACTION
    BIGINT: YEAR(d) - 3000: NO_UNSIGNED_SUBTRACTION
    BIGINT: CRC32(name) - 9: NO_UNSIGNED_SUBTRACTION
    BIGINT: (n & 5) - 9: NO_UNSIGNED_SUBTRACTION
    BIGINT: bits - 9: NO_UNSIGNED_SUBTRACTION
    BIGINT: COALESCE(u, n) - 9: NO_UNSIGNED_SUBTRACTION
    VARCHAR(30): code: PAD_CHAR_TO_FULL_LENGTH
    VARCHAR(30): CONCAT(code, '|'): PAD_CHAR_TO_FULL_LENGTH
    INT: LENGTH(code): PAD_CHAR_TO_FULL_LENGTH
    BOOL: code = 'ab': PAD_CHAR_TO_FULL_LENGTH
    VARCHAR(30): TRIM(LEADING 'a' FROM code): PAD_CHAR_TO_FULL_LENGTH
    VARCHAR(30): LTRIM(code): PAD_CHAR_TO_FULL_LENGTH
    DATE: d: sql_mode
    DATE: DATE(dt): sql_mode
    INT: YEAR(DATE(dt)): sql_mode
    DATETIME: dt6: sql_mode
    TIME: ti: sql_mode
    TIME(3): ti: sql_mode
    DATE: LAST_DAY(dt): last_day
    DATE: d + INTERVAL 1 DAY: interval
    VARCHAR(30): DATE_ADD(dt, INTERVAL 1 HOUR): interval
    INT: YEAR(name): time_zone
    INT: YEAR('2020-02-31'): time_zone
    BOOL: d > '2020-01-01': time_zone
    VARCHAR(30): CAST(name AS DATETIME): time_zone
    VARCHAR(30): CAST(dt6 AS DATETIME): time_zone
    VARCHAR(30): CAST(ti AS DATETIME): time_zone
    INT: YEAR(ti): current date
    VARCHAR(30): COALESCE(ti, dt): coalesce
    CHAR(32): MD5(CONCAT(n, u)): character_set_connection
    CHAR(32): MD5(MD5(name)): character_set_connection
    INT: LENGTH(HEX(name)): character_set_connection
    VARBINARY(40): MD5(name): character_set_connection
    VARBINARY(40): CONCAT(raw_bytes, MD5(name)): character_set_connection
    BOOL: CONCAT('a', n) = CONCAT('A', u): collation
    BOOL: MD5(name) = 'abc': collation
    VARCHAR(40): REPEAT(name, n): repeat
    VARCHAR(40): LPAD(name, n, ' '): max_allowed_packet
    VARCHAR(90): SOUNDEX(name): soundex
    VARBINARY(90): AES_ENCRYPT(name, 'key'): aes_encrypt
    BOOL: name LIKE 'a\\\\_b': NO_BACKSLASH_ESCAPES
    VARCHAR(50): CONCAT(name, '\\\\'): NO_BACKSLASH_ESCAPES
    VARCHAR(50): CONCAT(name, 'it''s'): NO_BACKSLASH_ESCAPES
    VARCHAR(50): IF(name = '\\n', 'a', 'b'): NO_BACKSLASH_ESCAPES
    BOOL: name LIKE body: not known
    BOOL: name REGEXP 'a': not known
    INT: EXTRACT(WEEK FROM d): not known
    INT: EXTRACT(DAY_HOUR FROM dt): not known\
    """
        .lines()
        .toList();
  }

  /** What the session of a writer sets. Each of them changes some expression. */
  private static List<String> settings() {
    return List.of(
        "time_zone = '+09:00'",
        "time_zone = '" + FoldZone.NAME + "'",
        "timestamp = 1000000000",
        "lc_time_names = 'fi_FI'",
        "div_precision_increment = 0",
        "div_precision_increment = 30",
        "default_week_format = 3",
        "character_set_connection = ucs2",
        "collation_connection = 'utf16_bin'",
        "collation_connection = 'utf8mb4_general_ci'",
        "collation_connection = 'swe7_swedish_ci'",
        "collation_connection = 'cp932_japanese_ci'",
        "character_set_client = latin1, character_set_results = latin1",
        "default_collation_for_utf8mb4 = 'utf8mb4_general_ci'",
        "block_encryption_mode = 'aes-256-cbc'",
        "group_concat_max_len = 4",
        "sql_auto_is_null = 1",
        "sql_mode = ''",
        "sql_mode = 'PAD_CHAR_TO_FULL_LENGTH'",
        "sql_mode = 'NO_UNSIGNED_SUBTRACTION'",
        "sql_mode = 'ALLOW_INVALID_DATES'",
        "sql_mode = 'NO_ZERO_IN_DATE,NO_ZERO_DATE'",
        "sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO'",
        "sql_mode = 'TIME_TRUNCATE_FRACTIONAL'",
        "sql_mode = 'REAL_AS_FLOAT'",
        "sql_mode = 'HIGH_NOT_PRECEDENCE'",
        "sql_mode = 'PIPES_AS_CONCAT'",
        "sql_mode = 'IGNORE_SPACE'",
        "sql_mode = 'NO_BACKSLASH_ESCAPES'",
        "sql_mode = 'ANSI_QUOTES'",
        "sql_mode = 'ANSI,TRADITIONAL'");
  }

  private TestDatabase database;
  private Mysql mysql;

  @BeforeEach
  void connect() {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
  }

  @AfterEach
  void disconnect() {
    mysql.close();
    database.close();
  }

  /** Newer versions of MySQL allow no MD5 and SHA1 in a generated column. */
  private boolean allows(String expression) {
    String version = String.valueOf(database.query("SELECT VERSION()").getFirst().getFirst());
    return version.startsWith("8.") || !expression.matches("(?s).*(MD5|SHA1|SHA)\\(.*");
  }

  private List<String> accepted() {
    return AcceptedColumns.SAME_IN_ALL_SESSIONS.stream().filter(this::allows).toList();
  }

  private static String columns(List<String> virtual) {
    List<String> all = new ArrayList<>(AcceptedColumns.COLUMNS);
    for (int i = 0; i < virtual.size(); i++) {
      String[] parts = virtual.get(i).split(": ", 2);
      all.add("v%d %s AS (%s) VIRTUAL".formatted(i, parts[0], parts[1]));
    }
    return String.join(", ", all);
  }

  @Test
  void whatIsAcceptedHasOneValueWhateverTheWritersSession() throws SQLException {
    FoldZone.load(database);
    database.execute("CREATE TABLE t (" + columns(accepted()) + ")");
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    String insert =
        "INSERT IGNORE INTO t (" + String.join(", ", AcceptedColumns.names()) + ") VALUES ";
    database.execute(
        "SET time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES'",
        insert
            + String.join(
                ", ", AcceptedColumns.ROWS.stream().map(row -> "(" + row + ")").toList()));
    List<String> differences = new ArrayList<>();
    for (String setting : settings()) {
      Logged.forget(database);
      try (Connection writer = database.connect();
          Statement statement = writer.createStatement()) {
        // An open table keeps what it was opened with, so both orders count.
        statement.execute("SELECT * FROM t");
        statement.execute("SET SESSION sql_mode = ''");
        statement.execute("SET SESSION " + setting);
        write(statement);
        statement.execute("FLUSH TABLES t");
        write(statement);
        Map<Long, JsonNode> ours = snapshot(mysql.connect());
        differences.addAll(differences(setting, ours));
        writer.unwrap(JdbcConnection.class).resetServerState();
        statement.execute("SET NAMES utf8mb4");
        statement.execute("SET time_zone = '+00:00', sql_mode = ''");
        assertThat(snapshot(writer))
            .as("read from the tables opened with " + setting)
            .isEqualTo(ours);
      }
    }
    assertThat(differences).isEmpty();
  }

  private static void write(Statement statement) throws SQLException {
    String copied =
        String.join(", ", AcceptedColumns.names().subList(1, AcceptedColumns.COLUMNS.size()));
    for (int id = 1; id <= AcceptedColumns.ROWS.size(); id++) {
      update(statement, id);
    }
    statement.execute("DELETE FROM t WHERE id > 10");
    statement.execute(
        "INSERT INTO t (id, "
            + copied
            + ") SELECT id + 10, "
            + copied
            + " FROM t WHERE id < 4 AND id > 1");
  }

  private static void update(Statement statement, int id) throws SQLException {
    try {
      statement.execute("UPDATE t SET touched = touched + 1 WHERE id = " + id);
    } catch (SQLException e) {
      // A strict SQL mode refuses to compute some values, and the row is not written.
      assertThat(e.getSQLState()).startsWith("22");
    }
  }

  /** The rows as a snapshot reads them, by id. */
  private static Map<Long, JsonNode> snapshot(Connection connection) throws SQLException {
    try (connection) {
      return read(connection);
    }
  }

  private static Map<Long, JsonNode> read(Connection connection) throws SQLException {
    Table table = TableShapes.read(connection, "t");
    Map<Long, JsonNode> rows = new TreeMap<>();
    for (String json :
        Query.list(
            connection,
            "SELECT " + Encoding.row(table.columns(), "t.") + " FROM t",
            row -> row.getString(1))) {
      JsonNode row = JsonMapper.shared().readTree(json);
      rows.put(row.get("id").asLong(), row);
    }
    return rows;
  }

  /** The columns of logged rows that differ from the row of the same id. */
  private List<String> differences(String setting, Map<Long, JsonNode> rows) {
    List<String> differences = new ArrayList<>();
    List<Logged> changes = Logged.all(database);
    boolean strict = setting.contains("STRICT") || setting.contains("TRADITIONAL");
    assertThat(changes)
        .as(setting)
        .extracting(Logged::key)
        .contains("{\"id\": 2}", "{\"id\": 3}", "{\"id\": 12}", "{\"id\": 13}")
        .contains(strict ? "{\"id\": 2}" : "{\"id\": 1}", strict ? "{\"id\": 3}" : "{\"id\": 4}");
    for (Logged change : changes) {
      for (String json : new String[] {change.before(), change.after()}) {
        if (json != null) {
          JsonNode logged = JsonMapper.shared().readTree(json);
          JsonNode row = requireNonNull(rows.get(logged.get("id").asLong()));
          for (String column : logged.propertyNames()) {
            if (!column.equals("touched") && !logged.get(column).equals(row.get(column))) {
              differences.add(
                  "%s: row %s, %s of the %s: %s, in the table %s"
                      .formatted(
                          setting,
                          logged.get("id"),
                          described(column),
                          change.op(),
                          logged.get(column),
                          row.get(column)));
            }
          }
        }
      }
      assertThat(change.after() == null && change.before() == null)
          .as(setting + " a marker")
          .isFalse();
    }
    return differences.stream().distinct().toList();
  }

  private String described(String column) {
    return column.startsWith("v") ? accepted().get(Integer.parseInt(column.substring(1))) : column;
  }

  @Test
  void everyAcceptedFunctionIsTried() {
    database.execute("CREATE TABLE t (" + columns(accepted()) + ")");
    String definition = database.query("SHOW CREATE TABLE t").getFirst().get(1);
    assertThat(Functions.names())
        .filteredOn(name -> allows(name.toUpperCase(Locale.ROOT) + "("))
        .allSatisfy(name -> assertThat(definition).contains(name + "("));
  }

  @ParameterizedTest
  @MethodSource("dependsOnTheSession")
  void whatMayDependOnTheSessionIsRefused(String definition) {
    assumeThat(definition).matches(this::allows);
    String[] parts = definition.split(": ", -1);
    database.execute("CREATE TABLE t (" + columns(List.of(parts[0] + ": " + parts[1])) + ")");
    OrderwireException refusal = refusal();
    assertThat(refusal.code()).isEqualTo(ErrorCode.SESSION_DEPENDENT);
    assertThat(refusal).hasMessageContainingAll("column v0 of table t", parts[2], "STORED");
    assertThat(database.query("SHOW TRIGGERS")).isEmpty();
    // The way out.
    database.execute(
        "ALTER TABLE t DROP COLUMN v0, ADD COLUMN v0 %s AS (%s) STORED"
            .formatted(parts[0], parts[1]));
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
  }

  private OrderwireException refusal() {
    OrderwireException refusal =
        catchThrowableOfType(
            OrderwireException.class,
            () -> new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT));
    assertThat(refusal).isNotNull();
    return refusal;
  }

  @Test
  void allSuchColumnsAreNamedTogether() {
    database.execute(
        """
        CREATE TABLE t (id INT PRIMARY KEY, ts TIMESTAMP, `a``b` INT,
          day VARCHAR(10) AS (DATE(ts)) VIRTUAL, fine INT AS (`a``b` + 1) VIRTUAL,
          kept VARCHAR(10) AS (DATE(ts)) STORED, half DECIMAL(10,2) AS (fine / 2))\
        """);
    assertThat(refusal())
        .hasMessageContainingAll("column day", "`ts`", "column half", "`fine` / 2")
        .hasMessageNotContaining("column fine")
        .hasMessageNotContaining("column kept");
  }
}
