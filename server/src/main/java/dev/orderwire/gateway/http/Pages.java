package dev.orderwire.gateway.http;

/** The pages for operators. Called on any thread. */
public interface Pages {
  /** A page. */
  record Page(int status, String contentType, String body) {}

  /** The health of the server; never blocks. */
  Page health();

  /** Says that the process runs; never blocks. */
  Page live();

  /** Whether the server can take clients; never blocks. */
  Page ready();

  /** The metrics for Prometheus. */
  Page metrics();
}
