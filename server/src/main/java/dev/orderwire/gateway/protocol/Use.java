package dev.orderwire.gateway.protocol;

import dev.orderwire.view.View;

/**
 * What one request asks of a resource.
 *
 * @param table the table if the resource belongs to one, otherwise empty
 * @param request equal for requests that ask for the same; empty if all requests are alike. A
 *     resource that refuses a large view and serves a small one has not recovered
 */
public record Use(Resource resource, String table, String request) {
  /** A use of a resource that is alike for all requests. */
  public static Use of(Resource resource) {
    return new Use(resource, "", "");
  }

  /** A use of a table for a view. */
  public static Use of(Resource resource, View view) {
    return new Use(resource, view.table().name(), view.id());
  }

  /** What the same request asks of a resource that belongs to no table. */
  public Use with(Resource shared) {
    return new Use(shared, "", request);
  }
}
