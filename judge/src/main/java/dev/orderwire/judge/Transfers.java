package dev.orderwire.judge;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Moves money between two accounts of a branch, opens accounts and closes them. */
final class Transfers {
  /** An account is not there just now, so that all of the transaction is void. */
  static final class Missing extends SQLException {
    Missing(int account) {
      super("there is no account " + account);
    }
  }

  private final Chance chance;
  private final Gates gates;

  Transfers(Chance chance, Gates gates) {
    this.chance = chance;
    this.gates = gates;
  }

  void some(Statement statement) throws SQLException {
    int transfers = chance.between(1, 5);
    for (int i = 0; i < transfers; i++) {
      one(statement);
    }
  }

  /** One transfer; nothing where the table is away. */
  void one(Statement statement) throws SQLException {
    if (gates.enter("account")) {
      try {
        transfer(statement);
      } finally {
        gates.leave("account");
      }
    }
  }

  private void transfer(Statement statement) throws SQLException {
    int branch = chance.below(Accounts.BRANCHES);
    int from = account(branch);
    int to = account(branch);
    if (from == to) {
      return;
    }
    switch (chance.below(10)) {
      case 0 -> inOneStatement(statement, from, to);
      case 1 -> close(statement, from, to);
      case 2 -> open(statement, branch, from);
      default -> {
        move(statement, from, "-" + chance.between(1, 500) + ".25", to);
      }
    }
  }

  private int account(int branch) {
    return chance.below(Accounts.ACCOUNTS / Accounts.BRANCHES) * Accounts.BRANCHES + branch;
  }

  private static void move(Statement statement, int from, String amount, int to)
      throws SQLException {
    add(statement, from, amount);
    add(statement, to, amount.startsWith("-") ? amount.substring(1) : "-" + amount);
  }

  private static void add(Statement statement, int account, String amount) throws SQLException {
    if (statement.executeUpdate(
            "UPDATE account SET balance = balance + %s WHERE id = %d".formatted(amount, account))
        != 1) {
      throw new Missing(account);
    }
  }

  private static void inOneStatement(Statement statement, int from, int to) throws SQLException {
    if (statement.executeUpdate(
            "UPDATE account SET balance = balance + IF(id = %d, -7.5, 7.5) WHERE id IN (%d, %d)"
                .formatted(from, from, to))
        != 2) {
      throw new Missing(from);
    }
  }

  /** The account goes, all that it had to another. */
  private static void close(Statement statement, int account, int heir) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT balance FROM account WHERE id = %d FOR UPDATE".formatted(account))) {
      if (!row.next()) {
        throw new Missing(account);
      }
      String balance = row.getBigDecimal(1).toPlainString();
      add(statement, heir, balance);
    }
    statement.executeUpdate("DELETE FROM account WHERE id = " + account);
  }

  /** An account that was closed is opened again, with something of another's. */
  private static void open(Statement statement, int branch, int account) throws SQLException {
    statement.executeUpdate(
        "INSERT IGNORE INTO account (id, branch, balance) VALUES (%d, %d, 0)"
            .formatted(account, branch));
  }
}
