package dev.orderwire.gateway.http;

/** The pages for those who run the server. They may be asked for on any thread. */
public interface Pages {
  /** What is answered. */
  record Page(int status, String contentType, String body) {}

  /** How everything is; never blocks. */
  Page health();

  /** That the process runs; never blocks. */
  Page live();

  /** Whether clients should be sent here; never blocks. */
  Page ready();

  /** The metrics as Prometheus reads them. */
  Page metrics();
}
