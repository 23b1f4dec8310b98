package dev.orderwire.view;

import dev.orderwire.change.Position;

/**
 * A position as clients keep it: with the {@link Scope#tag} of the views that it was sent for, if
 * they have one. After {@code @}, which no position contains.
 *
 * @param position the text of the position
 * @param tag empty if there is none
 */
public record MarkedPosition(String position, String tag) {
  private static final char MARK = '@';

  /** The tag of a position between two rights: it is that of no rights. */
  private static final String MOVING = "moving";

  /** The text of a position for views of this tag; no longer than that of any position. */
  public static String text(Position position, String tag) {
    return tag.isEmpty()
        ? position.toString()
        : position.text(Position.LONGEST_TEXT - 1 - tag.length()) + MARK + tag;
  }

  /**
   * The text of a position at which a client has only a part of the rows that it gains or loses: no
   * client can resume from it without a reset.
   */
  public static String textBetween(Position position) {
    return text(position, MOVING);
  }

  /** Divides a text. */
  public static MarkedPosition of(String text) {
    int mark = text.lastIndexOf(MARK);
    return mark < 0
        ? new MarkedPosition(text, "")
        : new MarkedPosition(text.substring(0, mark), text.substring(mark + 1));
  }
}
