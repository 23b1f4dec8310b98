package dev.orderwire.change;

import java.util.ArrayDeque;
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
 * {@code EPOCH-HEAD} or {@code EPOCH-HEAD-GAPS} in base 36, each gap counted down from the gap
 * above it, the highest from the head. The text has at most {@link #LONGEST_TEXT} characters. If
 * the gaps do not all fit, the text is that of an older position, whose head lies below the first
 * gap that does not fit, and it ends with {@code ~}. All later changes are then delivered again, in
 * order, and none is missed.
 *
 * @param epoch the identity of the change log's life: 1 to 32 of {@code a-z0-9}
 * @param head the highest id seen; 0 if none was
 * @param gaps the ids below head that have not been seen
 */
public record Position(String epoch, long head, Ids gaps) {
  /** The most characters that the text of a position has. */
  public static final int LONGEST_TEXT = 200;

  /** Clients may still hold texts of older versions, which were longer. */
  private static final int LONGEST_READ = 1_000;

  private static final int RADIX = 36;

  private static final Pattern EPOCH = Pattern.compile("[a-z0-9]{1,32}");

  private static final Pattern TEXT =
      Pattern.compile(
          "([a-z0-9]{1,32})-([a-z0-9]{1,13})(?:-([a-z0-9]{1,13}(?:[._][a-z0-9]{1,13})*))?~?");

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
          "gaps must lie above 0 and below head " + head + ": " + gaps);
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
    Position fitting = fitting();
    StringBuilder text = new StringBuilder(epoch).append('-').append(number(fitting.head));
    char separator = '-';
    long above = fitting.head;
    for (Ids.Range gap : fitting.gaps.ranges().reversed()) {
      text.append(separator).append(gapText(gap, above));
      above = gap.first();
      separator = '.';
    }
    return fitting.equals(this) ? text.toString() : text.append(ABRIDGED).toString();
  }

  /**
   * Whether a text stands for less than the position that it was made of: its client has seen more
   * changes, and nobody can tell which.
   */
  public static boolean isAbridged(String text) {
    return text.endsWith(ABRIDGED);
  }

  /** The newest position covered by this one, with the lowest of its gaps, whose text fits. */
  private Position fitting() {
    List<Ids.Range> ranges = gaps.ranges();
    int kept = 0;
    // Without the highest gap: it is counted from the head, which is not known yet.
    int length = epoch.length() + 1 + ABRIDGED.length();
    while (kept < ranges.size() && length + ending(kept + 1) <= LONGEST_TEXT) {
      kept++;
      if (kept < ranges.size()) {
        length += 1 + gapText(ranges.get(kept - 1), ranges.get(kept).first()).length();
      }
    }
    return kept == ranges.size()
        ? this
        : new Position(epoch, headAbove(kept), new Ids(ranges.subList(0, kept)));
  }

  /** The length of the head and the highest gap in the text of the lowest {@code kept} gaps. */
  private int ending(int kept) {
    long above = headAbove(kept);
    return number(above).length() + 1 + gapText(gaps.ranges().get(kept - 1), above).length();
  }

  /**
   * The head of the position that keeps the lowest {@code kept} gaps: everything is seen up to the
   * next gap.
   */
  private long headAbove(int kept) {
    return kept == gaps.ranges().size() ? head : gaps.ranges().get(kept).first() - 1;
  }

  private static String gapText(Ids.Range gap, long above) {
    String last = number(above - gap.last());
    return gap.size() == 1 ? last : last + '_' + number(gap.size() - 1);
  }

  private static String number(long number) {
    return Long.toString(number, RADIX);
  }

  /**
   * Parses the text of a position.
   *
   * @throws IllegalArgumentException if neither {@link #toString} of this version nor one of an
   *     older version makes such a text
   */
  public static Position parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (text.length() <= LONGEST_READ && parts.matches()) {
      try {
        long head = Long.parseLong(parts.group(2), RADIX);
        return new Position(parts.group(1), head, parseGaps(head, parts.group(3)));
      } catch (IllegalArgumentException e) {
        throw notAPosition(e);
      }
    }
    throw notAPosition(null);
  }

  private static Ids parseGaps(long head, @Nullable String text) {
    if (text == null) {
      return Ids.NONE;
    }
    ArrayDeque<Ids.Range> gaps = new ArrayDeque<>();
    long above = head;
    for (String gap : text.split("\\.", -1)) {
      String[] lastAndMore = gap.split("_", -1);
      if (lastAndMore.length > 2) {
        throw new IllegalArgumentException("a gap must have at most two numbers: " + gap);
      }
      long last = above - Long.parseLong(lastAndMore[0], RADIX);
      long first = lastAndMore.length == 1 ? last : last - Long.parseLong(lastAndMore[1], RADIX);
      gaps.addFirst(new Ids.Range(first, last));
      above = first;
    }
    return new Ids(List.copyOf(gaps));
  }

  private static IllegalArgumentException notAPosition(@Nullable Throwable cause) {
    return new IllegalArgumentException(
        "not a position: send one that the server sent, unchanged", cause);
  }
}
