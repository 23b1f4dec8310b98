package dev.orderwire.change;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which changes have been seen: in one epoch of the change log, every id up to {@code head} except
 * those in {@code gaps}. It is a set and not a number, because MySQL assigns ids at insert and
 * shows them at commit: the ids of a slower transaction appear below newer ones. TCP's selective
 * acknowledgement (RFC 2018) uses the same idea.
 *
 * <p>Clients keep the text of a position ({@link #toString}, {@link #parse}) and send it back:
 * {@code EPOCH-HEAD} or {@code EPOCH-HEAD.GAPS}, with the head in base 36 and the gaps as {@link
 * GapText} writes them. The text has at most {@link #LONGEST_TEXT} characters. If the gaps do not
 * all fit, the text is that of an older position, whose head lies below the first gap that does not
 * fit, and it ends with {@code ~}. All later changes are then delivered again, in order, and none
 * is missed.
 *
 * @param epoch the identity of the change log's life: 1 to 32 of {@code a-z0-9}
 * @param head the highest id seen; 0 if none was
 * @param gaps the ids below head that have not been seen
 */
public record Position(String epoch, long head, Ids gaps) {
  /** The most characters that the text of a position has. */
  public static final int LONGEST_TEXT = 2_000;

  static final int RADIX = 36;

  private static final Pattern EPOCH = Pattern.compile("[a-z0-9]{1,32}");

  /** The third group holds the gaps of a text of an older version. */
  private static final Pattern TEXT =
      Pattern.compile("([a-z0-9]{1,32})-([a-z0-9]{1,13})(?:-([a-z0-9._]+)|\\.([A-Za-z0-9_-]+))?~?");

  private static final String ABRIDGED = "~";

  public Position {
    if (!EPOCH.matcher(epoch).matches()) {
      throw new IllegalArgumentException("not an epoch: " + epoch);
    }
    if (head < 0) {
      throw new IllegalArgumentException("head must not be below 0: " + head);
    }
    if (!gaps.isEmpty()
        && (gaps.ranges().getFirst().first() < 1 || gaps.ranges().getLast().last() >= head)) {
      throw new IllegalArgumentException(
          "gaps must lie above 0 and below head " + head + ": " + gaps.ranges().getLast());
    }
  }

  /** Whether the change of this id has been seen. */
  public boolean covers(long id) {
    return id <= head && !gaps.contains(id);
  }

  /**
   * Whether everything that {@code other} covers is covered here too. False if the epochs differ.
   */
  public boolean coversAllOf(Position other) {
    return epoch.equals(other.epoch) && other.since(this).isEmpty();
  }

  /**
   * The ids that this position covers and {@code earlier} does not.
   *
   * @throws IllegalArgumentException if the epochs differ
   */
  public Ids since(Position earlier) {
    if (!epoch.equals(earlier.epoch)) {
      throw new IllegalArgumentException("positions of different epochs cannot be compared");
    }
    Ids.Builder unseen = new Ids.Builder();
    for (Ids.Range gap : earlier.gaps.ranges()) {
      unseen.add(gap.first(), Math.min(gap.last(), head));
    }
    if (earlier.head < head) {
      unseen.add(earlier.head + 1, head);
    }
    return unseen.build().without(gaps);
  }

  /** This position with the ids of {@code dead} counted as seen. */
  public Position withoutGaps(Ids dead) {
    return dead.isEmpty() ? this : new Position(epoch, head, gaps.without(dead));
  }

  /**
   * This position after {@code ids} have been seen too. Other ids between the old and the new head
   * become gaps.
   *
   * @param ids in rising order; ids that are covered already change nothing
   */
  public Position with(Ids ids) {
    if (ids.isEmpty()) {
      return this;
    }
    Ids.Builder open = new Ids.Builder();
    gaps.without(ids).ranges().forEach(gap -> open.add(gap.first(), gap.last()));
    long seen = head;
    for (Ids.Range range : ids.ranges()) {
      if (range.last() > head) {
        open.add(seen + 1, Math.max(range.first(), head + 1) - 1);
        seen = range.last();
      }
    }
    return new Position(epoch, seen, open.build());
  }

  /**
   * The position that covers what either of the two covers.
   *
   * @throws IllegalArgumentException if the epochs differ
   */
  public Position and(Position other) {
    return with(other.since(this));
  }

  @Override
  public String toString() {
    return text(LONGEST_TEXT);
  }

  /**
   * The text of the position, as {@link #toString} gives it.
   *
   * @param most the most characters that it may have
   */
  public String text(int most) {
    Position fitting = fitting(most);
    String text = epoch + '-' + Long.toString(fitting.head, RADIX);
    if (!fitting.gaps.isEmpty()) {
      text += '.' + GapText.of(fitting.gaps, fitting.head);
    }
    return fitting.head == head ? text : text + ABRIDGED;
  }

  /**
   * Whether a text stands for less than the position that it was made of: its client has seen more
   * changes, and nobody can tell which.
   */
  public static boolean isAbridged(String text) {
    return text.endsWith(ABRIDGED);
  }

  /** The newest position covered by this one, with the lowest of its gaps, whose text fits. */
  private Position fitting(int most) {
    int others = (epoch + '-' + Long.toString(head, RADIX) + '.' + ABRIDGED).length();
    int kept = GapText.fitting(gaps, head, most - others);
    List<Ids.Range> ranges = gaps.ranges();
    return kept == ranges.size()
        ? this
        : new Position(epoch, ranges.get(kept).first() - 1, new Ids(ranges.subList(0, kept)));
  }

  /**
   * Parses the text of a position.
   *
   * @throws IllegalArgumentException if neither {@link #toString} of this version nor one of an
   *     older version makes such a text
   */
  public static Position parse(String text) {
    return parse(text, LONGEST_TEXT);
  }

  /**
   * Parses the text of a position, as {@link #text} gives it.
   *
   * @param most the most characters that it may have
   * @throws IllegalArgumentException as {@link #parse(String)}
   */
  public static Position parse(String text, int most) {
    Matcher parts = TEXT.matcher(text);
    if (text.length() <= most && parts.matches()) {
      try {
        long head = Long.parseLong(parts.group(2), RADIX);
        return new Position(parts.group(1), head, parseGaps(parts, head));
      } catch (IllegalArgumentException e) {
        throw notAPosition(e);
      }
    }
    throw notAPosition(null);
  }

  private static Ids parseGaps(Matcher parts, long head) {
    String older = parts.group(3);
    String newer = parts.group(4);
    return newer != null
        ? GapText.parse(newer, head)
        : older != null ? GapText.parseOlder(older, head) : Ids.NONE;
  }

  private static IllegalArgumentException notAPosition(@Nullable Throwable cause) {
    return new IllegalArgumentException(
        "not a position: send one that the server sent, unchanged", cause);
  }
}
