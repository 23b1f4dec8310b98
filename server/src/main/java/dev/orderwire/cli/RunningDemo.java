package dev.orderwire.cli;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A demo that runs on this machine. It announces itself to {@code sql} and {@code tail} with a
 * file, {@code .orderwire/demos/PID.json}, that only its owner can read.
 *
 * @param pid the demo's process
 * @param startedMillis the start of that process, since its pid may be reused later
 * @param mysql {@code mysql://USER:PASSWORD@127.0.0.1:PORT/DATABASE}
 * @param websocket {@code ws://127.0.0.1:PORT/ws}
 */
record RunningDemo(long pid, long startedMillis, String mysql, String websocket) {
  private static final JsonMapper JSON = JsonMapper.shared();

  static RunningDemo ofThisProcess(String mysql, String websocket) {
    ProcessHandle process = ProcessHandle.current();
    return new RunningDemo(process.pid(), startOf(process), mysql, websocket);
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(start -> start.toEpochMilli()).orElse(0L);
  }

  private static Path folder(Path state) {
    return state.resolve("demos");
  }

  /** Until this is closed, other commands find the demo. */
  interface Announced extends AutoCloseable {
    @Override
    void close();
  }

  Announced announce(Path state) {
    Path file = folder(state).resolve(pid + ".json");
    running(state);
    try {
      Files.createDirectories(folder(state));
      Path unfinished =
          Files.createTempFile(
              folder(state),
              "demo",
              null,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(unfinished, JSON.writeValueAsString(this));
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new OrderwireException(
          ErrorCode.STATE_NOT_WRITABLE, "cannot write to %s: %s".formatted(folder(state), e), e);
    }
    return () -> {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // After the end of this process, the next command that finds the file deletes it.
      }
    };
  }

  /** The running demo that started last. */
  static Optional<RunningDemo> newest(Path state) {
    return running(state).stream().max(Comparator.comparingLong(RunningDemo::startedMillis));
  }

  /** All running demos. Deletes the files of demos that were killed. */
  private static List<RunningDemo> running(Path state) {
    List<RunningDemo> running = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(state), "*.json")) {
      for (Path file : files) {
        RunningDemo demo = JSON.readValue(Files.readString(file), RunningDemo.class);
        if (demo.isAlive()) {
          running.add(demo);
        } else {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      // No demo has run here, or one has just ended.
    } catch (IOException | JacksonException e) {
      throw new OrderwireException(
          ErrorCode.STATE_NOT_READABLE,
          "cannot read the running demos in %s: %s".formatted(folder(state), e),
          e);
    }
    return running;
  }

  private boolean isAlive() {
    return ProcessHandle.of(pid).filter(process -> startOf(process) == startedMillis).isPresent();
  }
}
