package dev.orderwire.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The inputs of the corpus, and what fuzzing has found with them. */
final class CorpusTest {
  static Stream<Arguments> inputs() {
    return Arrays.stream(Target.values())
        .flatMap(target -> target.corpus().stream().map(input -> Arguments.of(target, input)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("inputs")
  @Timeout(10)
  void anInputIsReadOrRefused(Target target, String input) {
    target.on(Escaped.bytes(input));
  }

  /** Cut and joined inputs: little of what Jazzer tries, but in every build. */
  @ParameterizedTest
  @EnumSource(Target.class)
  @Timeout(60)
  void aMutilatedInputIsReadOrRefused(Target target) {
    for (String input : target.corpus()) {
      byte[] bytes = Escaped.bytes(input);
      for (int at = 0; at < bytes.length; at += 1 + bytes.length / 50) {
        target.on(Arrays.copyOf(bytes, at));
        target.on(Arrays.copyOfRange(bytes, at, bytes.length));
        byte[] changed = bytes.clone();
        changed[at] ^= 1;
        target.on(changed);
      }
    }
  }

  @Test
  void bytesAreEscapedAndReadAgain() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    assertThat(Escaped.bytes(Escaped.of(all))).isEqualTo(all);
    assertThat(Escaped.of("a\\\n\u00e9".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("a\\\\\\n\\xc3\\xa9");
  }
}
