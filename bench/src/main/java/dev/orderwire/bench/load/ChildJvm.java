package dev.orderwire.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A main class of this program in a process of its own, on the same JDK and class path. The two
 * processes exchange lines. For one thread, except {@link #close}.
 */
public final class ChildJvm implements AutoCloseable {
  private static final int ENDS_WITHIN_SECONDS = 15;

  private final Process process;
  private final InputStream output;
  private final String name;
  private final Path log;

  private ChildJvm(Process process, String name, Path log) {
    this.process = process;
    this.output = process.getInputStream();
    this.name = name;
    this.log = log;
  }

  /**
   * The JVM options of this process, for a generator of load, and {@code more}. A server under test
   * must not have them.
   */
  public static List<String> optionsOfLoad(List<String> more) {
    return Stream.concat(
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:")),
            more.stream())
        .toList();
  }

  /**
   * Starts the process.
   *
   * @param options all options of the JVM
   * @param log the file for its standard error
   */
  public static ChildJvm start(
      List<String> options,
      String mainClass,
      List<String> arguments,
      Map<String, String> environment,
      Path log)
      throws IOException {
    return start(List.of(), options, mainClass, arguments, environment, log);
  }

  /** Starts a process that gives way to all others, at a nice value of 19. */
  public static ChildJvm startNice(
      List<String> options, String mainClass, List<String> arguments, Path log) throws IOException {
    return start(List.of("nice", "-n", "19"), options, mainClass, arguments, Map.of(), log);
  }

  private static ChildJvm start(
      List<String> prefix,
      List<String> options,
      String mainClass,
      List<String> arguments,
      Map<String, String> environment,
      Path log)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectError(log.toFile());
    return new ChildJvm(builder.start(), mainClass, log);
  }

  public long pid() {
    return process.pid();
  }

  /** Sends the process a line, and does not wait for an answer. */
  public void send(String line) {
    try {
      process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
    } catch (IOException e) {
      throw new IllegalStateException(name + " no longer reads its input" + logHint(), e);
    }
  }

  /**
   * Waits for the process's next line.
   *
   * @throws IllegalStateException if the line reports a failure, or the process has ended
   */
  public String receive() {
    try {
      String line = Lines.read(output);
      if (line.startsWith("failed")) {
        throw new IllegalStateException(name + " " + line);
      }
      return line;
    } catch (EOFException e) {
      throw new IllegalStateException(name + " has ended" + logHint(), e);
    } catch (IOException e) {
      throw new IllegalStateException("the output of " + name + " cannot be read" + logHint(), e);
    }
  }

  /** Names the log and its last line that is not indented, as the lines of a stack trace are. */
  private String logHint() {
    String where = "; its log is " + log;
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
          .reduce((_, later) -> later)
          .map(last -> where + ", which ends with: " + last.strip())
          .orElse(where);
    } catch (IOException | UncheckedIOException e) {
      return where;
    }
  }

  /** Ends the process by SIGKILL, like a crash, and returns when it has ended. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Ends the process, by force if that takes too long. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
