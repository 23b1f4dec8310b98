package dev.orderwire.judge.run;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for the system to recover, and adds a finding if it does not. */
public final class Patience {
  /** A system that works at all settles well within this time, on any machine. */
  public static final Duration SETTLES_WITHIN = Duration.ofMinutes(3);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  private final Findings findings;

  public Patience(Findings findings) {
    this.findings = findings;
  }

  /**
   * Waits for a condition.
   *
   * @param condition a failure counts as not true yet
   * @return whether it became true in time
   */
  public boolean await(String what, Callable<Boolean> condition) throws InterruptedException {
    long deadline = System.nanoTime() + SETTLES_WITHIN.toNanos();
    String failure = "not reached";
    while (System.nanoTime() < deadline) {
      try {
        if (condition.call()) {
          return true;
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        failure = e.toString();
      }
      Thread.sleep(POLL_INTERVAL);
    }
    findings.add(
        Findings.Kind.STUCK, what, failure + " within " + SETTLES_WITHIN.toSeconds() + " s");
    return false;
  }
}
