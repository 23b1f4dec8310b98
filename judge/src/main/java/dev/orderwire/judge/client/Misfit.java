package dev.orderwire.judge.client;

import dev.orderwire.judge.run.Findings;
import org.jspecify.annotations.Nullable;

/** A change that did not fit the rows that the client showed. */
public record Misfit(Findings.Kind kind, String what) {
  /**
   * Where rows come and go without a change of their own, each must come before it goes.
   *
   * @param shown the row before the change; null if the client does not show it
   * @return null if the change fits
   */
  static @Nullable Misfit of(String op, String key, @Nullable String shown) {
    boolean insert = op.equals("insert");
    return insert == (shown == null)
        ? null
        : new Misfit(
            insert ? Findings.Kind.TWICE : Findings.Kind.LOST,
            "%s of %s, which is %s".formatted(op, key, shown));
  }
}
