package dev.orderwire.auth.held;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.held.SetHistory.Known;
import dev.orderwire.auth.held.SetHistory.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SetHistoryTest {
  private static final int MOST = 1_000;

  private final SetHistory history = new SetHistory(MOST);
  private final Known nothing = new Known.Nothing();

  private static Known values(String... values) {
    return new Known.Values(new ValueList(new TreeSet<>(List.of(values))));
  }

  private boolean settle(long sequence) {
    return history.settle(sequence, State.KNOWN, 0);
  }

  @Test
  void theSetAfterEachMomentIsThatOfTheMoment() {
    Random random = new Random(7);
    List<String> rows = new ArrayList<>();
    Map<Long, Known> expected = new TreeMap<>();
    Map<Long, Boolean> changes = new TreeMap<>();
    settle(0);
    for (long sequence = 1; sequence <= 150; sequence++) {
      for (int i = random.nextInt(4); i > 0; i--) {
        if (random.nextInt(3) == 0 && !rows.isEmpty()) {
          history.remove(rows.remove(random.nextInt(rows.size())));
        } else {
          rows.add("\"c" + random.nextInt(20) + "\"");
          history.add(rows.getLast());
        }
      }
      State state = random.nextInt(10) == 0 ? State.UNKNOWN : State.KNOWN;
      changes.put(sequence, history.settle(sequence, state, 0));
      expected.put(
          sequence, state == State.UNKNOWN ? nothing : values(rows.toArray(String[]::new)));
    }
    expected.forEach((sequence, known) ->
        assertThat(history.at(sequence)).as("moment %d", sequence).isEqualTo(known));
    changes.forEach((sequence, changed) ->
        assertThat(history.changesAt(sequence)).as("moment %d", sequence).isEqualTo(changed));
  }

  @Test
  void whatAMomentTakesBackIsNoChange() {
    history.add("1");
    settle(0);
    history.add("1");
    history.add("2");
    history.remove("2");
    assertThat(settle(1)).isFalse();
    assertThat(history.changesAt(1)).isFalse();
    assertThat(history.size()).isZero();
  }

  @Test
  void theHistoryOfASetThatChangesOftenIsBoundedAndNeverWrong() {
    for (int i = 0; i < 500; i++) {
      history.add("\"" + i + "\"");
    }
    history.add("0");
    settle(0);
    for (int i = 1; i <= 5_000; i++) {
      history.remove("" + (i - 1));
      history.add("" + i);
      settle(i);
    }
    assertThat(history.size()).isBetween(MOST - 3, MOST);
    int kept = MOST / 3;
    for (int i = 0; i <= 5_000; i++) {
      if (i >= 5_000 - kept) {
        assertThat(history.at(i)).isInstanceOf(Known.Values.class);
      } else {
        assertThat(history.at(i)).isEqualTo(nothing);
        assertThat(history.changesAt(i)).isTrue();
      }
    }
  }

  @Test
  void theNewestStepStaysHoweverLargeItIs() {
    settle(0);
    for (int i = 0; i < 2 * MOST; i++) {
      history.add("" + i);
    }
    settle(1);
    assertThat(history.at(0)).isEqualTo(values());
    assertThat(history.at(1)).isNotEqualTo(values());
  }

  @Test
  void momentsThatNobodyAsksAboutAreForgotten() {
    for (int i = 0; i <= 10; i++) {
      history.add("" + i);
      history.settle(i, State.KNOWN, 8);
    }
    assertThat(history.size()).isEqualTo(6);
    assertThat(history.at(8)).isInstanceOf(Known.Values.class);
  }

  /** Clients of a set share its list. */
  @Test
  void aSetIsMadeOnceForAllWhoReferToIt() {
    settle(0);
    history.add("1");
    settle(1);
    Known.Values first = (Known.Values) history.at(1);
    history.add("2");
    settle(2);
    Known.Values again = (Known.Values) history.at(1);
    assertThat(again.list()).isSameAs(first.list());
    assertThat(again.list().json()).isSameAs(first.list().json());
    assertThat(history.at(2)).isEqualTo(values("1", "2"));
  }
}
