package dev.orderwire.auth.policy;

import dev.orderwire.view.Mask;

/** Shows a text that only tells equal values from others. */
record HashMask(Seal seal) implements Mask {
  static final String NAME = "hash";

  @Override
  public String apply(String json) {
    return '"' + seal.seal("value", json) + '"';
  }

  @Override
  public String text() {
    return NAME;
  }
}
