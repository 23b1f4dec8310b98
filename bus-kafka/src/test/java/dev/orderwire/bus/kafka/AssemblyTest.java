package dev.orderwire.bus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bus.BusRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AssemblyTest {
  private final Assembly assembly = new Assembly();
  private final List<String> whole = new ArrayList<>();

  private void add(long term, long seq, int part, int parts) {
    BusRecord made =
        assembly.add(
            new Parts.Place(term, seq, part, parts), Integer.toString(part).getBytes(UTF_8));
    if (made != null) {
      whole.add(made.term() + "-" + made.seq() + ":" + new String(made.body(), UTF_8));
    }
  }

  private void add(long term, long seq) {
    add(term, seq, 1, 1);
  }

  @Test
  void partsBecomeOneRecord() {
    add(1, 1);
    add(1, 2, 1, 3);
    add(1, 2, 2, 3);
    add(1, 2, 3, 3);
    add(1, 3);
    assertThat(whole).containsExactly("1-1:1", "1-2:123", "1-3:1");
  }

  @Test
  void aRepeatAfterAnUnknownOutcomeCountsOnce() {
    add(1, 1, 1, 3);
    add(1, 1, 2, 3);
    add(1, 1, 1, 3);
    add(1, 1, 2, 3);
    add(1, 1, 3, 3);
    add(1, 1, 1, 3);
    add(1, 1, 2, 3);
    add(1, 1, 3, 3);
    add(1, 2);
    add(1, 2);
    add(1, 1);
    assertThat(whole).containsExactly("1-1:123", "1-2:1");
  }

  @Test
  void aRecordWithoutOneOfItsPartsIsDropped() {
    add(1, 1, 2, 3);
    add(1, 1, 3, 3);
    add(1, 2, 1, 3);
    add(1, 2, 3, 3);
    add(1, 3, 1, 2);
    add(1, 4, 2, 2);
    add(1, 5);
    assertThat(whole).containsExactly("1-5:1");
  }

  /** Also while the new leader's first record is still incomplete. */
  @Test
  void whatAStaleLeaderPublishesDoesNotCount() {
    add(1, 1);
    add(2, 1, 1, 2);
    add(1, 2);
    add(1, 3, 1, 2);
    add(2, 1, 2, 2);
    add(1, 3, 2, 2);
    assertThat(whole).containsExactly("1-1:1", "2-1:12");
  }

  @Test
  void anotherTopicMayHaveLowerTerms() {
    add(9, 9);
    assembly.forget();
    add(1, 1);
    assertThat(whole).containsExactly("9-9:1", "1-1:1");
  }
}
