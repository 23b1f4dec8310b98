package dev.orderwire.changelog;

/** The same where upkeep looks when the bell has rung. */
class UpkeepWithBellTest extends UpkeepTest {
  @Override
  Doorbell bell(Mysql mysql) {
    return new BinlogBell(mysql);
  }
}
