package dev.orderwire.tail;

import java.sql.Connection;

/** The lead among the processes that follow one change log. Each is equal to itself alone. */
public final class Lead {
  private final Connection holder;
  private final long term;

  /**
   * @param holder the connection that holds the lock of the lead: when it ends, so does the lead
   * @param term the number of this lead; each has a higher one
   */
  public Lead(Connection holder, long term) {
    this.holder = holder;
    this.term = term;
  }

  public Connection holder() {
    return holder;
  }

  public long term() {
    return term;
  }
}
