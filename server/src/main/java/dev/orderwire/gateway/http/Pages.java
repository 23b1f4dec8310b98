package dev.orderwire.gateway.http;

/** The pages for operators. Called on any thread. */
public interface Pages {
  /** A page. */
  record Page(int status, String contentType, String body) {}

  /**
   * The health of the server; never blocks.
   *
   * @param draining whether the server sends its clients away
   */
  Page health(boolean draining);

  /** Says that the process runs; never blocks. */
  Page live();

  /**
   * Whether the server can take clients; never blocks.
   *
   * @param draining whether the server sends its clients away
   */
  Page ready(boolean draining);

  /** The metrics for Prometheus. */
  Page metrics();
}
