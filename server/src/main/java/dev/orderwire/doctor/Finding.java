package dev.orderwire.doctor;

/**
 * One thing that {@link Doctor} looked at.
 *
 * @param subject what was looked at, in a few words: {@code table orders}
 * @param found what was found there
 * @param advice what to do about it; empty where there is nothing to do, or {@code found} says it
 */
public record Finding(Severity severity, String subject, String found, String advice) {
  /** How bad it is. */
  public enum Severity {
    /** As it should be. */
    OK,
    /** Works, with something to know or to do. */
    WARNING,
    /** Does not work, or loses changes. */
    PROBLEM
  }

  static Finding ok(String subject, String found) {
    return new Finding(Severity.OK, subject, found, "");
  }

  static Finding warning(String subject, String found, String advice) {
    return new Finding(Severity.WARNING, subject, found, advice);
  }

  static Finding problem(String subject, String found, String advice) {
    return new Finding(Severity.PROBLEM, subject, found, advice);
  }
}
