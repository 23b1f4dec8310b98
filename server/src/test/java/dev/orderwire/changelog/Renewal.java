package dev.orderwire.changelog;

/** For tests of those above, what the tail does when it comes to a reset row. */
public final class Renewal {
  private Renewal() {}

  public static void renew(Catalog catalog, Table table, long resetId) {
    if (!catalog.renew(table, resetId)) {
      throw new IllegalArgumentException(table.name() + " is not watched");
    }
  }
}
