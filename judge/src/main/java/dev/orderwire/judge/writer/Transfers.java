package dev.orderwire.judge.writer;

import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.table.AccountTable;
import dev.orderwire.judge.table.TableLocks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Transfers between two accounts of a branch; it also opens and closes accounts. */
final class Transfers {
  /** An account is closed at the moment, so the transaction must be rolled back. */
  static final class MissingAccount extends SQLException {
    MissingAccount(int account) {
      super("there is no account " + account);
    }
  }

  private final SeededRandom random;
  private final TableLocks locks;

  Transfers(SeededRandom random, TableLocks locks) {
    this.random = random;
    this.locks = locks;
  }

  void several(Statement statement) throws SQLException {
    int transfers = random.between(1, 5);
    for (int i = 0; i < transfers; i++) {
      one(statement);
    }
  }

  /** Does one transfer, or nothing while the table is removed. */
  void one(Statement statement) throws SQLException {
    if (locks.tryAcquire("account")) {
      try {
        transfer(statement);
      } finally {
        locks.release("account");
      }
    }
  }

  private void transfer(Statement statement) throws SQLException {
    int branch = random.below(AccountTable.BRANCHES);
    int from = account(branch);
    int to = account(branch);
    if (from == to) {
      return;
    }
    switch (random.below(10)) {
      case 0 -> inOneStatement(statement, from, to);
      case 1 -> close(statement, from, to);
      case 2 -> open(statement, branch, from);
      default -> move(statement, from, random.between(1, 500) + ".25", to);
    }
  }

  private int account(int branch) {
    return random.below(AccountTable.ACCOUNTS / AccountTable.BRANCHES) * AccountTable.BRANCHES
        + branch;
  }

  private static void move(Statement statement, int from, String amount, int to)
      throws SQLException {
    add(statement, from, "-" + amount);
    add(statement, to, amount);
  }

  private static void add(Statement statement, int account, String amount) throws SQLException {
    if (statement.executeUpdate(
            "UPDATE account SET balance = balance + %s WHERE id = %d".formatted(amount, account))
        != 1) {
      throw new MissingAccount(account);
    }
  }

  private static void inOneStatement(Statement statement, int from, int to) throws SQLException {
    if (statement.executeUpdate(
            "UPDATE account SET balance = balance + IF(id = %d, -7.5, 7.5) WHERE id IN (%d, %d)"
                .formatted(from, from, to))
        != 2) {
      throw new MissingAccount(from);
    }
  }

  /** Closes an account and moves its balance to another. */
  private static void close(Statement statement, int account, int other) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT balance FROM account WHERE id = %d FOR UPDATE".formatted(account))) {
      if (!row.next()) {
        throw new MissingAccount(account);
      }
      String balance = row.getBigDecimal(1).toPlainString();
      add(statement, other, balance);
    }
    statement.executeUpdate("DELETE FROM account WHERE id = " + account);
  }

  /** Opens an account again that was closed, with a balance of 0. */
  private static void open(Statement statement, int branch, int account) throws SQLException {
    statement.executeUpdate(
        "INSERT IGNORE INTO account (id, branch, balance) VALUES (%d, %d, 0)"
            .formatted(account, branch));
  }
}
