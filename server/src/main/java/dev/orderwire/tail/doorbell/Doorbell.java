package dev.orderwire.tail.doorbell;

/**
 * Rings when something was committed, so that whoever waits for changes need not ask again and
 * again. While it is not live, commits make no sound. For any number of threads.
 */
public interface Doorbell extends AutoCloseable {
  /** One that never rings: then the change log is asked again and again. */
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
   * Begins to listen for commits; once only.
   *
   * @param listener called after each ring, on the bell's thread: it must be quick
   */
  void start(Runnable listener);

  /**
   * Whether a commit would ring it. Not each one would: MySQL can be told to keep some from what
   * rings it ({@code SET sql_log_bin = 0}).
   */
  boolean isLive();

  /**
   * How often it has rung. It rings shortly before what was committed can be read. It also rings
   * when it comes to life and when it dies, as what was committed meanwhile has made no sound.
   */
  long rings();

  /** Ends it and waits for its end. */
  @Override
  void close();
}
