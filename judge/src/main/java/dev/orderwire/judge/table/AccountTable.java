package dev.orderwire.judge.table;

import dev.orderwire.judge.run.SeededRandom;
import java.math.BigDecimal;
import java.util.List;

/**
 * Accounts whose money only moves within a branch, so that in every committed state each branch has
 * the same sum. Transfers do most of the writing; a single statement changes no balance, or all
 * balances of a branch at once.
 */
public final class AccountTable implements WatchedTable {
  public static final int BRANCHES = 4;
  public static final int ACCOUNTS = 200;

  /** A branch of many accounts, whose balances all change in one statement. */
  static final int WIDE_BRANCH = 9;

  static final int WIDE_ACCOUNTS = 3_000;
  private static final int FIRST_WIDE = 1_000_000;
  private static final BigDecimal EACH = new BigDecimal("100.00");
  private static final Filter.Field BRANCH = new Filter.Field("branch", false);
  private static final List<Filter.Field> FIELDS =
      List.of(BRANCH, new Filter.Field("balance", false), new Filter.Field("owner", true));

  @Override
  public String name() {
    return "account";
  }

  @Override
  public String createSql() {
    return """
    CREATE TABLE account (
      id INT NOT NULL PRIMARY KEY,
      branch INT NOT NULL,
      balance DECIMAL(14,2) NOT NULL,
      owner VARCHAR(40) NULL)
      CHARSET=utf8mb4\
    """;
  }

  /** Statements that fill the table before servers watch it. */
  static List<String> fill() {
    return List.of(
        "SET SESSION cte_max_recursion_depth = 1000000",
        "INSERT INTO account WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i, i %% %d, %s, NULL FROM n"
            .formatted(ACCOUNTS - 1, BRANCHES, EACH),
        "INSERT INTO account WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i, %d, %s, NULL FROM n"
            .formatted(FIRST_WIDE, FIRST_WIDE + WIDE_ACCOUNTS - 1, WIDE_BRANCH, EACH));
  }

  @Override
  public List<String> columns() {
    return List.of("id", "branch", "balance", "owner");
  }

  @Override
  public int keyLength() {
    return 1;
  }

  @Override
  public boolean isExpendable() {
    return false;
  }

  @Override
  public List<Filter.Field> fields() {
    return FIELDS;
  }

  @Override
  public String value(Filter.Field field, SeededRandom random) {
    return switch (field.name()) {
      case "branch" -> String.valueOf(random.percent(20) ? WIDE_BRANCH : random.below(BRANCHES));
      case "balance" -> random.between(80, 120) + ".00";
      default -> "owner " + random.below(5);
    };
  }

  /** A view of one branch or of all branches; its sum never changes. */
  static ViewSpec withConstantSum(SeededRandom random) {
    if (random.percent(30)) {
      return new ViewSpec("account", null, null);
    }
    String branch = String.valueOf(random.percent(40) ? WIDE_BRANCH : random.below(BRANCHES));
    return new ViewSpec("account", new Filter.Compare(BRANCH, Filter.Operator.EQ, branch), null);
  }

  @Override
  public Sql statement(SeededRandom random, int rows) {
    if (rows > 100 && random.percent(60)) {
      return new Sql(
          "UPDATE account SET balance = balance + IF(id % 2, 1, -1) * "
              + random.between(1, 5)
              + " WHERE branch = "
              + WIDE_BRANCH,
          false);
    }
    int id = random.below(ACCOUNTS);
    return new Sql(
        "UPDATE account SET owner = NULLIF('owner %d', 'owner 0') WHERE id BETWEEN %d AND %d"
            .formatted(random.below(5), id, id + rows - 1),
        false);
  }
}
