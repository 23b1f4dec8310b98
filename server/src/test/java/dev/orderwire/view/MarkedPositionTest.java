package dev.orderwire.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MarkedPositionTest {
  private static final String TAG = "RT7vWwTb-yEE3QrHyfQPvA";

  /** The gaps of many open transactions, which do not fit into a text. */
  private static Position withGaps(int gaps) {
    Random random = new Random(gaps);
    List<Ids.Range> ranges = new ArrayList<>();
    long id = 1;
    for (int i = 0; i < gaps; i++) {
      id += 2 + random.nextInt(500);
      ranges.add(new Ids.Range(id, id));
    }
    return new Position("epoch1", id + 10, new Ids(ranges));
  }

  @Test
  void theTextOfAPositionWithATagIsNotLongerThanOthers() {
    for (int gaps : new int[] {0, 1, 500, 900, 950, 1_000, 3_000}) {
      Position position = withGaps(gaps);
      String text = MarkedPosition.text(position, TAG);
      assertThat(text.length()).as("%d gaps", gaps).isLessThanOrEqualTo(Position.LONGEST_TEXT);
      MarkedPosition read = MarkedPosition.of(text);
      assertThat(read.tag()).isEqualTo(TAG);
      assertThat(position.coversAllOf(Position.parse(read.position()))).isTrue();
    }
    assertThat(MarkedPosition.text(withGaps(3_000), "").length())
        .isGreaterThan(Position.LONGEST_TEXT - 10);
  }
}
