package dev.orderwire.doctor;

/**
 * The result of one of {@link Doctor}'s checks.
 *
 * @param subject what was checked, in a few words: {@code table orders}
 * @param found what was found
 * @param advice what to do about it; empty if there is nothing to do, or {@code found} says it
 */
public record Finding(Severity severity, String subject, String found, String advice) {
  /** How bad it is. */
  public enum Severity {
    /** In order. */
    OK,
    /** Works, but there is something to know or to do. */
    WARNING,
    /** Does not work, or loses changes. */
    PROBLEM
  }

  public static Finding ok(String subject, String found) {
    return new Finding(Severity.OK, subject, found, "");
  }

  public static Finding warning(String subject, String found, String advice) {
    return new Finding(Severity.WARNING, subject, found, advice);
  }

  public static Finding problem(String subject, String found, String advice) {
    return new Finding(Severity.PROBLEM, subject, found, advice);
  }
}
