package dev.orderwire.tail.doorbell;

/**
 * Rings when something was committed, so that the tail need not poll. While it is not live, commits
 * do not ring. Safe for any number of threads.
 */
public interface Doorbell extends AutoCloseable {
  /** A doorbell that is never live, so that the tail polls. */
  Doorbell NONE =
      new Doorbell() {
        @Override
        public void start(Runnable listener) {}

        @Override
        public boolean isLive() {
          return false;
        }

        @Override
        public long rings() {
          return 0;
        }

        @Override
        public void close() {}
      };

  /**
   * Begins to listen for commits. Call it once.
   *
   * @param listener called after each ring, on the doorbell's thread: it must be quick
   */
  void start(Runnable listener);

  /**
   * Whether commits ring. A session can keep its own from ringing ({@code SET sql_log_bin = 0}).
   */
  boolean isLive();

  /**
   * How often it has rung. It rings shortly before a commit can be read. It also rings when it
   * becomes live and when it ceases to be, since commits around that time may not have rung.
   */
  long rings();

  /** Stops listening and waits for its thread to end. */
  @Override
  void close();
}
