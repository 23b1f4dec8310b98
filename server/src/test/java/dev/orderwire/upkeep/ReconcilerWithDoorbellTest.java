package dev.orderwire.upkeep;

import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.doorbell.BinlogDoorbell;
import dev.orderwire.tail.doorbell.Doorbell;

/** The same tests with a doorbell, whose rings cause the probes. */
class ReconcilerWithDoorbellTest extends ReconcilerTest {
  @Override
  Doorbell doorbell(Mysql mysql) {
    return new BinlogDoorbell(mysql);
  }
}
