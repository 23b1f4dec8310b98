package dev.orderwire.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bench.Bench;
import dev.orderwire.bench.load.ChildJvm;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The message and the exit code of a failed benchmark. */
final class FailureHandlerTest {
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @Command(name = "failing")
  private record Failing(RunFolder.Run run) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      run.in(Path.of(""));
      return 0;
    }
  }

  private int execute(String... arguments) {
    return execute(_ -> {}, arguments);
  }

  private int execute(RunFolder.Run failing, String... arguments) {
    CommandLine bench = Bench.commands();
    bench.addSubcommand(new Failing(failing));
    return bench.setErr(new PrintWriter(err)).execute(arguments);
  }

  @Test
  void aFailureIsOneLineWithItsCauseAndItsLogs() throws Exception {
    Files.createDirectory(folder.resolve("mysql"));
    Files.createFile(folder.resolve("mysql/error.log"));
    Files.createFile(folder.resolve("server.log"));
    int exitCode =
        execute(
            _ -> {
              throw new FailedRunException(
                  folder, new IllegalStateException("3 are missing:\n\nlook."));
            },
            "failing");
    assertThat(exitCode).isEqualTo(1);
    assertThat(err)
        .hasToString(
            "orderwire: 3 are missing: look; its logs are kept in %s: mysql/error.log, server.log%n"
                .formatted(folder));
  }

  @Test
  void anUnexpectedFailurePointsToVerbose() {
    RunFolder.Run failing =
        _ -> {
          throw new ExecutionException(new SQLException("no route"));
        };
    assertThat(execute(failing, "failing")).isEqualTo(1);
    assertThat(err)
        .hasToString(
            "orderwire: java.sql.SQLException: no route"
                + " (unexpected: --verbose prints the stack trace)%n".formatted());
  }

  @Test
  void verbosePrintsTheStackTrace() {
    RunFolder.Run failing =
        _ -> {
          throw new ExecutionException(new SQLException("no route"));
        };
    assertThat(execute(failing, "failing", "--verbose")).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("orderwire: java.sql.SQLException: no route%n".formatted())
        .contains("\tat " + getClass().getName());
  }

  @Test
  void theFolderOfAFailedRunIsKept() throws Exception {
    List<Path> kept = new ArrayList<>();
    RunFolder.Run failing =
        _ ->
            RunFolder.run(folderOfRun -> {
              Files.createFile(folderOfRun.resolve("server.log"));
              kept.add(folderOfRun);
              throw new IllegalStateException("over");
            });
    assertThat(execute(failing, "failing")).isEqualTo(1);
    assertThat(err.toString())
        .contains("over; its logs are kept in " + kept.getFirst() + ": server.log");
    Files.delete(kept.getFirst().resolve("server.log"));
    Files.delete(kept.getFirst());
  }

  @Test
  void aTooLowLimitOfOpenFilesIsReportedBeforeAnythingStarts() {
    assertThat(execute("burst", "--clients", "2000000000")).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("orderwire: expected room for 2,000,000,000 sockets")
        .contains("ulimit")
        .hasLineCount(1);
  }

  @Test
  void wrongUsageExitsWith2() {
    assertThat(execute("burst", "--clients", "many")).isEqualTo(2);
    assertThat(execute("burst", "--colour", "red")).isEqualTo(2);
    assertThat(execute("views", "--views", "10,25", "--connections", "10")).isEqualTo(2);
    assertThat(err.toString()).contains("10 connections can share evenly, found 25");
    assertThat(execute()).isEqualTo(2);
  }

  @Test
  void aProcessThatEndsIsReportedWithTheEndOfItsLog() throws Exception {
    Path log = folder.resolve("load.log");
    int exitCode =
        execute(
            _ -> {
              try (ChildJvm child =
                  ChildJvm.start(List.of(), "no.such.Main", List.of(), Map.of(), log)) {
                child.receive();
              }
            },
            "failing");
    assertThat(exitCode).isEqualTo(1);
    assertThat(err.toString())
        .contains("no.such.Main has ended; its log is " + log + ", which ends with: ")
        .contains("ClassNotFoundException")
        .hasLineCount(1);
  }
}
