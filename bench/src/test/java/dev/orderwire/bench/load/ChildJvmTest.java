package dev.orderwire.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildJvmTest {
  /** Exits in the middle of its second line. */
  static final class Dying {
    private Dying() {}

    public static void main(String[] arguments) {
      System.out.print("1\n2345");
      System.out.flush();
    }
  }

  /** Prints the options of its JVM. */
  static final class Telling {
    private Telling() {}

    public static void main(String[] arguments) {
      System.out.println(ManagementFactory.getRuntimeMXBean().getInputArguments());
    }
  }

  @TempDir private Path folder;

  @Test
  void halfALineOfADyingProcessIsNoAnswer() throws IOException {
    try (ChildJvm child =
        ChildJvm.start(
            List.of("-XX:TieredStopAtLevel=1"),
            Dying.class.getName(),
            List.of(),
            Map.of(),
            folder.resolve("log"))) {
      assertThat(child.receive()).isEqualTo("1");
      assertThatIllegalStateException()
          .isThrownBy(child::receive)
          .withMessageContaining("has ended");
    }
  }

  @Test
  void aServerHasTheOptionsThatItIsGivenAndNoneOfTheBenchmark() throws IOException {
    try (ChildJvm child =
        ChildJvm.start(
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
            Telling.class.getName(),
            List.of(),
            Map.of(),
            folder.resolve("log"))) {
      assertThat(child.receive()).isEqualTo("[-XX:TieredStopAtLevel=1, -XX:+UseSerialGC]");
    }
  }
}
