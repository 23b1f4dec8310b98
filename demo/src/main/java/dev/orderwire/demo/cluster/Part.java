package dev.orderwire.demo.cluster;

import dev.orderwire.demo.EmbeddedMysqlException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A part of a demo: a process that is started again a few seconds after it has ended, whatever
 * ended it. Safe for any number of threads.
 */
public final class Part implements AutoCloseable {
  /** Long enough to see what the other parts do without it. */
  private static final Duration PAUSE = Duration.ofSeconds(3);

  /** Ctrl-C ends all processes at once, and takes a moment to be known as the end of the demo. */
  private static final Duration MAY_BE_THE_END = Duration.ofMillis(500);

  /** One process of a part. */
  public interface Running {
    long pid();

    /** Waits for its end, and returns how it ended, for people. */
    String awaitEnd() throws InterruptedException;

    /** Ends it, if it has not ended, and frees what it held. Returns when that is done. */
    void stop();

    /** Does the same at once, by SIGKILL. */
    void kill();
  }

  /** How a part is started, the first time and after each end. */
  public interface Program {
    /**
     * Starts a process, and returns when it serves.
     *
     * @throws IOException if it does not start; the message is for people, and no process is left
     * @throws EmbeddedMysqlException likewise
     */
    Running start() throws IOException, InterruptedException;
  }

  private final String name;
  private final Program program;
  private final Consumer<String> notes;
  private final Thread thread;
  private volatile @Nullable Running running;

  private Part(String name, Program program, Running first, Consumer<String> notes) {
    this.name = name;
    this.program = program;
    this.notes = notes;
    this.running = first;
    this.thread = Thread.ofVirtual().name(name).start(() -> keepRunning(first));
  }

  /**
   * Starts a part, and returns when it serves.
   *
   * @param name for people
   * @param notes is told when the part ends and when it serves again, for people
   * @throws IOException if it does not start
   */
  public static Part start(String name, Program program, Consumer<String> notes)
      throws IOException, InterruptedException {
    return new Part(name, program, program.start(), notes);
  }

  public String name() {
    return name;
  }

  /** The id of its process; empty while it has none. */
  public Optional<Long> pid() {
    return Optional.ofNullable(running).map(Running::pid);
  }

  private void keepRunning(Running first) {
    try {
      Running now = first;
      while (true) {
        String end = now.awaitEnd();
        running = null;
        now.stop();
        Thread.sleep(MAY_BE_THE_END);
        notes.accept(
            "%s (pid %d) ended (%s); it starts again in %d s"
                .formatted(name, now.pid(), end, PAUSE.toSeconds()));
        now = startAgain();
        notes.accept("%s runs again, pid %d".formatted(name, now.pid()));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private Running startAgain() throws InterruptedException {
    while (true) {
      Thread.sleep(PAUSE);
      try {
        Running started = program.start();
        running = started;
        return started;
      } catch (IOException | EmbeddedMysqlException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException();
        }
        notes.accept(
            "%s does not start; the next try is in %d s: %s"
                .formatted(name, PAUSE.toSeconds(), e.getMessage()));
      }
    }
  }

  /** From now on, it is not started again when it ends. Does not wait. */
  public void expectEnd() {
    thread.interrupt();
  }

  /** Ends it for good. */
  @Override
  public void close() {
    expectEnd();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Running last = running;
    if (last != null) {
      last.stop();
      running = null;
    }
  }
}
