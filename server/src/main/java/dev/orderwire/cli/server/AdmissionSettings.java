package dev.orderwire.cli.server;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Audiences;
import dev.orderwire.auth.AuthOptions;
import dev.orderwire.auth.Credentials;
import dev.orderwire.auth.held.HeldTables;
import dev.orderwire.auth.held.Revocations;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.PolicyTests;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.MysqlSnapshotReader;
import dev.orderwire.changelog.RevokedTable;
import dev.orderwire.changelog.SharedSecret;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Tail;
import dev.orderwire.view.View;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is let in, and to see what, according to the settings. */
public final class AdmissionSettings {
  private static final Logger log = LoggerFactory.getLogger(AdmissionSettings.class);

  private static final int ROWS_AT_ONCE = 100;

  private AdmissionSettings() {}

  /** What policies look up, and who is revoked. Before the tail starts. */
  static Audiences audiences(Source source, InstantSource clock) {
    var held = new HeldTables(source.feed(), source.catalog(), source.snapshots());
    return new Audiences(held, new Revocations(held, RevokedTable.NAME, clock));
  }

  /**
   * @param tables the watched tables as they are now
   * @param audiences what the policies look up, and who is revoked
   * @throws OrderwireException {@code bad_settings} if a policy does not fit its table, or a test
   *     of the policies fails
   */
  static Admission of(
      Settings settings,
      Mysql mysql,
      List<Table> tables,
      Audiences audiences,
      InstantSource clock) {
    var options = settings.auth().options();
    if (options.isEmpty()) {
      return Admission.OPEN;
    }
    List<String> misfits = misfits(settings, mysql, tables);
    if (!misfits.isEmpty()) {
      throw new OrderwireException(ErrorCode.BAD_SETTINGS, String.join("\n", misfits));
    }
    warn(options.get(), settings);
    Policies policies =
        Policies.read(
            settings.policies(),
            settings.lookups(),
            new Seal(SharedSecret.of(mysql)),
            new ArrayList<>());
    return Admission.by(Credentials.of(options.get(), clock), policies, audiences);
  }

  /**
   * What does not fit between the policies and the tables, or which tests of the policies fail; one
   * sentence for each.
   */
  public static List<String> misfits(Settings settings, Mysql mysql, List<Table> tables) {
    List<String> ignored = new ArrayList<>();
    Policies policies =
        Policies.read(settings.policies(), settings.lookups(), Seal.UNUSED, ignored);
    List<String> misfits = new ArrayList<>(policies.misfits(tables));
    tables.stream()
        .filter(table -> table.name().equals(RevokedTable.NAME))
        .filter(table -> !table.columnNames().containsAll(Revocations.COLUMNS))
        .forEach(table ->
            misfits.add(
                "the table %s must have the columns %s; it has %s"
                    .formatted(table.name(), Revocations.COLUMNS, table.columnNames())));
    PolicyTests tests = PolicyTests.read(settings.policyTests(), ignored);
    if (!misfits.isEmpty() || tests.isEmpty()) {
      return misfits;
    }
    Map<String, Table> byName =
        tables.stream().collect(Collectors.toMap(Table::name, table -> table));
    MysqlSnapshotReader reader = new MysqlSnapshotReader(mysql);
    Position known = Tail.end(mysql);
    return tests.run(policies, byName, (view, most) -> find(view, most, reader, known));
  }

  private static List<Row> find(View view, int most, MysqlSnapshotReader reader, Position known) {
    List<Row> found = new ArrayList<>();
    reader.read(
        view.table(),
        view.prefilter(),
        null,
        known,
        ROWS_AT_ONCE,
        new SnapshotReader.Rows() {
          @Override
          public void begin(Position position) {
            // Only the row counts.
          }

          @Override
          public boolean row(Row row) {
            if (view.matches(row)) {
              found.add(row);
            }
            return found.size() < most;
          }
        });
    return found;
  }

  private static void warn(AuthOptions options, Settings settings) {
    options.warnings().forEach(log::warn);
    if (settings.policies().isEmpty()) {
      log.warn("There are no policies, so no client sees anything: set policies");
    }
  }
}
