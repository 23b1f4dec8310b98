package dev.orderwire.upkeep;

import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.doorbell.BinlogDoorbell;
import dev.orderwire.tail.doorbell.Doorbell;

/** The same where upkeep looks when the bell has rung. */
class ReconcilerWithDoorbellTest extends ReconcilerTest {
  @Override
  Doorbell bell(Mysql mysql) {
    return new BinlogDoorbell(mysql);
  }
}
