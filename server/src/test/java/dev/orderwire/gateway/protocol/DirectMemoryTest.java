package dev.orderwire.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs a separate JVM, as the limit is that of a process. */
final class DirectMemoryTest {
  private static final int MEBIBYTE = 1 << 20;

  @Test
  void theLimitHoldsAndFreedMemoryCanBeUsedAgain() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Full.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> said = child.inputReader(StandardCharsets.UTF_8).lines().toList();

    assertThat(child.waitFor()).isZero();
    assertThat(said)
        .containsSubsequence("limit 40", "got 40, then over_limit", "got 1 more", "used 40");
  }

  /** Allocates all memory, a mebibyte at a time, and prints the result. */
  static final class Full {
    private Full() {}

    public static void main(String[] arguments) {
      DirectMemory.bound(40L * MEBIBYTE);
      System.out.println("limit " + DirectMemory.limit() / MEBIBYTE);
      Deque<ByteBuf> got = new ArrayDeque<>();
      try {
        while (got.size() < 100) {
          got.add(PooledByteBufAllocator.DEFAULT.directBuffer(MEBIBYTE));
        }
      } catch (OutOfMemoryError e) {
        System.out.println(
            "got " + got.size() + ", then " + PublicError.unexpected(e).code().text());
      }
      got.remove().release();
      got.add(PooledByteBufAllocator.DEFAULT.directBuffer(MEBIBYTE));
      System.out.println("got 1 more");
      System.out.println("used " + DirectMemory.used() / MEBIBYTE);
    }
  }
}
