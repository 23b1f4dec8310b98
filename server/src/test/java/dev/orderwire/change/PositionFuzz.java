package dev.orderwire.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.fuzz.Parsing;
import dev.orderwire.gateway.catchup.Resumption;
import dev.orderwire.view.MarkedPosition;
import java.nio.charset.StandardCharsets;

/** Positions, as clients send them: the text of a position, or one with a mark. */
public final class PositionFuzz {
  private PositionFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    MarkedPosition marked = MarkedPosition.of(text);
    Position position = Parsing.accepted(() -> Resumption.parse(marked.position()));
    if (position == null) {
      return;
    }
    String written = position.toString();
    assertThat(written.length()).isLessThanOrEqualTo(Position.LONGEST_TEXT);
    Position again = Position.parse(written);
    if (Position.isAbridged(written)) {
      assertThat(position.coversAllOf(again)).isTrue();
    } else {
      assertThat(again).isEqualTo(position);
    }
    assertThat(MarkedPosition.of(MarkedPosition.text(again, marked.tag())))
        .isEqualTo(new MarkedPosition(again.toString(), marked.tag()));
    assertThat(position.covers(position.head())).isTrue();
    assertThat(position.and(again)).isEqualTo(position);
  }
}
