package dev.orderwire.auth.policy;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A set of values that another table gives for each client: those of one column, in the rows that a
 * condition on the client's claims selects.
 */
public final class Lookup {
  private final String name;
  private final String table;
  private final String select;
  private final RowTemplate where;
  private final int most;

  Lookup(String name, String table, String select, RowTemplate where, int most) {
    this.name = name;
    this.table = table;
    this.select = select;
    this.where = where;
    this.most = most;
  }

  /** As {@code ${lookup.NAME}} refers to it. */
  public String name() {
    return name;
  }

  public String table() {
    return table;
  }

  /** The column. */
  public String select() {
    return select;
  }

  /** How many rows a client may have. */
  public int most() {
    return most;
  }

  /** The condition of a client's rows; empty if it lacks a claim. */
  public Optional<JsonNode> where(Map<String, JsonNode> claims) {
    return where.fill(claims, Map.of());
  }

  /** The condition without claims, to check it against the table. */
  JsonNode sample() {
    return where.sample();
  }
}
