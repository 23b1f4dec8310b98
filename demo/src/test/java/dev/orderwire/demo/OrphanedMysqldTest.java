package dev.orderwire.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanedMysqldTest {
  @Test
  void theMysqldOfAKilledOwnerIsEndedByTheNextStart(@TempDir Path folder)
      throws IOException, InterruptedException {
    Process owner =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    ProcessHandle mysqld;
    try (BufferedReader output = owner.inputReader()) {
      mysqld = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      assertThatThrownBy(() -> EmbeddedMysql.start(folder, 0, List.of()))
          .isInstanceOf(EmbeddedMysqlException.class)
          .hasMessageContaining("already running on");
    } finally {
      owner.destroyForcibly().waitFor();
    }
    assertThat(mysqld.isAlive()).isTrue();
    try (EmbeddedMysql mysql = EmbeddedMysql.start(folder, 0, List.of())) {
      assertThat(mysql.pid()).isNotEqualTo(mysqld.pid());
      assertThat(mysqld.onExit()).succeedsWithin(10, TimeUnit.SECONDS);
    }
  }

  /** Starts a server on the folder, prints its pid, and sleeps. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws InterruptedException {
      try (EmbeddedMysql mysql = EmbeddedMysql.start(Path.of(arguments[0]), 0, List.of())) {
        System.out.println(mysql.pid());
        Thread.sleep(Long.MAX_VALUE);
      }
    }
  }
}
