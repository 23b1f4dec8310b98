package dev.orderwire.auth.policy;

import dev.orderwire.view.Mask;

/**
 * Shows a text that only tells equal values of the column from others. Those of other columns have
 * other texts: the values of one may be known, such as those of an AUTO_INCREMENT by their order.
 */
record HashMask(Seal seal, String table, String column) implements Mask {
  static final String NAME = "hash";

  @Override
  public String apply(String json) {
    return '"' + seal.seal("value", table, column, json) + '"';
  }

  @Override
  public String text() {
    return NAME;
  }
}
