package dev.orderwire.change;

import java.util.ArrayDeque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which changes have been seen: of one change log's life (its epoch), every id up to {@code head}
 * except those in {@code gaps}. A set, never a number: ids are handed out at insert and become
 * visible at commit, so a slower transaction's ids appear below newer ones. The idea is that of
 * TCP's selective acknowledgement (RFC 2018).
 *
 * <p>As text ({@link #toString}, {@link #parse}) it is what clients keep and give back: {@code
 * EPOCH-HEAD} or {@code EPOCH-HEAD-GAPS} in base 36, each gap counted down from the end of the one
 * above it. The text is never longer than {@link #LONGEST_TEXT}: where all gaps do not fit it is
 * that of an older position, whose head lies below the first gap that does not, and ends with
 * {@code ~}. So all that came after comes again, in its order, and none is missed.
 *
 * @param epoch the identity of the change log's life: 1 to 32 of {@code a-z0-9}
 * @param head the highest id seen, 0 where none was
 * @param gaps the ids below head that have not been seen
 */
public record Position(String epoch, long head, Ids gaps) {
  /** How many characters the text of a position has at the most. */
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
      throw new IllegalArgumentException("head is below 0: " + head);
    }
    if (!gaps.isEmpty()
        && (gaps.ranges().getFirst().first() < 1 || gaps.ranges().getLast().last() >= head)) {
      throw new IllegalArgumentException("gaps lie between 0 and head " + head + ": " + gaps);
    }
  }

  public boolean covers(long id) {
    return id <= head && !gaps.contains(id);
  }

  /** Whether all that {@code other} covers is covered here too. False where the epochs differ. */
  public boolean coversAllOf(Position other) {
    return epoch.equals(other.epoch) && other.since(this).isEmpty();
  }

  /**
   * The ids that this position covers and {@code earlier} does not.
   *
   * @throws IllegalArgumentException where the epochs differ
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

  /** This position with {@code dead} no longer held as gaps: they count as seen. */
  public Position withoutGaps(Ids dead) {
    return dead.isEmpty() ? this : new Position(epoch, head, gaps.without(dead));
  }

  /**
   * This position once {@code ids} have been seen too. What lies between the old and the new head
   * and is not among them becomes a gap.
   *
   * @param ids in rising order; those already covered change nothing
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
   * What either of the two covers.
   *
   * @throws IllegalArgumentException where the epochs differ
   */
  public Position and(Position other) {
    return with(other.since(this));
  }

  @Override
  public String toString() {
    Position told = fitting();
    StringBuilder text = new StringBuilder(epoch).append('-').append(number(told.head));
    char separator = '-';
    long above = told.head;
    for (Ids.Range gap : told.gaps.ranges().reversed()) {
      text.append(separator).append(gapText(gap, above));
      above = gap.first();
      separator = '.';
    }
    return told.equals(this) ? text.toString() : text.append(ABRIDGED).toString();
  }

  /**
   * Whether the text of a position says less than the position did: whoever was given it has seen
   * more, and nobody can tell what.
   */
  public static boolean isAbridged(String text) {
    return text.endsWith(ABRIDGED);
  }

  /** The newest position that this one covers, with the lowest of its gaps, whose text fits. */
  private Position fitting() {
    List<Ids.Range> ranges = gaps.ranges();
    int kept = 0;
    // The text but for the highest gap: that one is counted from the head, which is not yet known.
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

  /** How long the head is, and the highest gap, in the text of the lowest {@code kept} gaps. */
  private int ending(int kept) {
    long above = headAbove(kept);
    return number(above).length() + 1 + gapText(gaps.ranges().get(kept - 1), above).length();
  }

  /** Where the head lies, all seen, above the lowest {@code kept} gaps and below the next one. */
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
   * Reads the text of a position.
   *
   * @throws IllegalArgumentException where the text is not one that {@link #toString} makes, or
   *     made
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
        throw new IllegalArgumentException("a gap has two numbers at the most: " + gap);
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
        "not a position; give back, unchanged, one that the server sent", cause);
  }
}
