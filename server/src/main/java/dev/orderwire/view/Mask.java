package dev.orderwire.view;

/**
 * Hides the value of a column, always in the same way: equal values stay equal. NULL stays NULL.
 * Safe for any number of threads.
 */
public interface Mask {
  /**
   * The value to show.
   *
   * @param json the JSON text of a value other than NULL
   * @return the JSON text of a string
   */
  String apply(String json);

  /** The mask as the policy names it: equal texts are equal masks. */
  String text();
}
