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

  /** The text of a position for views of this tag. */
  public static String text(Position position, String tag) {
    return tag.isEmpty() ? position.toString() : position.toString() + MARK + tag;
  }

  /** Divides a text. */
  public static MarkedPosition of(String text) {
    int mark = text.lastIndexOf(MARK);
    return mark < 0
        ? new MarkedPosition(text, "")
        : new MarkedPosition(text.substring(0, mark), text.substring(mark + 1));
  }
}
