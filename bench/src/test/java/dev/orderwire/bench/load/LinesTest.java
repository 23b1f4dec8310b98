package dev.orderwire.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LinesTest {
  @ParameterizedTest
  @ValueSource(strings = {"12345\n", "12345\r\n", "größer\n", "\n"})
  void halfALineIsNoLine(String line) throws IOException {
    byte[] bytes = ("before\n" + line).getBytes(StandardCharsets.UTF_8);
    for (int length = "before\n".length(); length < bytes.length; length++) {
      ByteArrayInputStream in = new ByteArrayInputStream(bytes, 0, length);
      assertThat(Lines.read(in)).isEqualTo("before");
      assertThatThrownBy(() -> Lines.read(in))
          .as("cut after %d bytes", length)
          .isInstanceOf(EOFException.class);
    }
    ByteArrayInputStream whole = new ByteArrayInputStream(bytes);
    assertThat(Lines.read(whole)).isEqualTo("before");
    assertThat(Lines.read(whole)).isEqualTo(line.strip());
  }
}
