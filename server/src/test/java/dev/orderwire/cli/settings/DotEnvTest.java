package dev.orderwire.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DotEnvTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "A=b|b",
        "  export A = b  |b",
        "A=pa#ss|pa#ss",
        "A=b # why|b",
        "A=|``",
        "A= # why|``",
        "A=#b|#b",
        "A='it # \"is\" \\n $x' # why|it # \"is\" \\n $x",
        "A=\"q \\\"x\\\" # \\\\ y\"|q \"x\" # \\ y",
        "A=\"two\\nlines\"|`two\nlines`",
        "A=b c|b c",
        "A=x=y==|x=y==",
        "A=it's|it's",
        "A=''|``",
      })
  void aLineSetsAVariable(String line, String value) {
    Problems problems = new Problems();

    assertThat(DotEnv.read("# first\n\n" + line, ".env", problems))
        .containsOnlyKeys("A")
        .containsEntry("A", RawValue.text(value, "A in .env line 3"));
    problems.throwIfAny();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"s3cret", "A-B=s3cret", "1A=s3cret", "A='s3cret", "A=\"s3cret", "A='x' s3cret"})
  void aMalformedLineIsReportedWithoutItsText(String line) {
    Problems problems = new Problems();
    DotEnv.read(line, ".env", problems);

    assertThatThrownBy(problems::throwIfAny)
        .hasMessageContaining(".env line 1 must be NAME=value")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void theLastOfSeveralValuesWins() {
    assertThat(DotEnv.read("A=1\nA=2", ".env", new Problems()))
        .containsEntry("A", RawValue.text("2", "A in .env line 2"));
  }
}
