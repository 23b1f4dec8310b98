package dev.orderwire.cli;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.cli.settings.SettingsLoader;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.mysql.TlsSocketFactory;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sql "STATEMENT"}: runs one statement in a session with MySQL's defaults. */
@Command(
    description = {
      "Run one SQL statement.",
      "It runs on the configured MySQL, else on that of the running demo."
    })
final class SqlCommand implements Callable<Integer> {
  private final Environment environment;
  private final PrintStream out;
  private final PrintStream err;

  @Mixin private SettingsOption settingsOption = new SettingsOption();

  @Parameters(paramLabel = "STATEMENT", description = "The statement.")
  private String statement = "";

  SqlCommand(Environment environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    MysqlOptions mysql = target();
    try (Connection connection = connect(mysql)) {
      run(connection);
    } catch (SQLException e) {
      throw new OrderwireException(
          ErrorCode.SQL_FAILED,
          "MySQL says: %s (error %d, SQLSTATE %s)"
              .formatted(e.getMessage(), e.getErrorCode(), e.getSQLState()),
          e);
    }
    return 0;
  }

  private MysqlOptions target() {
    Settings.Mysql configured = settingsOption.load(environment, Map.of()).mysql();
    Optional<RunningDemo> demo = RunningDemo.newest(environment.stateFolder());
    if (configured.isSet()) {
      if (demo.isPresent()) {
        err.printf("orderwire: using the configured MySQL %s, not the demo's%n", configured);
      }
      return configured.options();
    }
    String url =
        demo.map(RunningDemo::mysql)
            .orElseThrow(() ->
                new OrderwireException(
                    ErrorCode.NO_MYSQL,
                    "no MySQL is configured, and no demo is running: cp .env.example .env and edit"
                        + " it, or start ./orderwire demo"));
    return SettingsLoader.load(List.of(), Optional.empty(), Map.of(), Map.of("mysql.url", url))
        .mysql()
        .options();
  }

  private static Connection connect(MysqlOptions mysql) {
    Properties properties = new Properties();
    properties.put("user", mysql.user());
    properties.put("password", mysql.password());
    properties.put("connectTimeout", "10000");
    // Count changed rows, as the mysql client does, not matched rows.
    properties.put("useAffectedRows", "true");
    if (mysql.host().equals("127.0.0.1") || mysql.host().equals("localhost")) {
      properties.put("allowPublicKeyRetrieval", "true");
    }
    properties.put("socketFactory", TlsSocketFactory.class.getName());
    properties.putAll(mysql.properties());
    String url = "jdbc:mysql://%s:%d/%s".formatted(mysql.host(), mysql.port(), mysql.database());
    try {
      return DriverManager.getConnection(url, properties);
    } catch (SQLException e) {
      throw new OrderwireException(
          ErrorCode.MYSQL_UNREACHABLE,
          "cannot connect to MySQL as %s: %s".formatted(mysql, rootCause(e).getMessage()),
          e);
    }
  }

  /** Connector/J wraps the cause into paragraphs of possible reasons. */
  private static Throwable rootCause(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private void run(Connection connection) throws SQLException {
    try (Statement jdbc = connection.createStatement()) {
      boolean isResult = jdbc.execute(statement);
      // A procedure returns several results; an update count of -1 marks the end.
      while (isResult || jdbc.getUpdateCount() >= 0) {
        if (isResult) {
          try (ResultSet result = jdbc.getResultSet()) {
            ResultTable.read(result).print(out);
          }
        } else {
          out.printf("%s affected%n", ResultTable.count(jdbc.getLargeUpdateCount()));
        }
        isResult = jdbc.getMoreResults();
      }
    }
    out.flush();
  }
}
