package dev.orderwire.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A part of this program as a process of its own, on the same JDK and class path. It is told and
 * answers line by line. For one thread, but for {@link #close}.
 */
public final class ChildJvm implements AutoCloseable {
  private static final int ENDS_WITHIN_SECONDS = 15;

  /** As the launcher has it for the benchmark itself. */
  private static final List<String> COMPILER =
      List.of(
          "-XX:CompileThresholdScaling=0.1",
          "-XX:-PrintWarnings",
          "-XX:ThreadPriorityPolicy=1",
          "-XX:CompilerThreadPriority=19");

  private final Process process;
  private final BufferedReader output;
  private final String what;
  private final Path log;

  private ChildJvm(Process process, String what, Path log) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.what = what;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param options those of the JVM
   * @param log where its standard error goes
   */
  public static ChildJvm start(
      List<String> options,
      String mainClass,
      List<String> arguments,
      Map<String, String> environment,
      Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(COMPILER);
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

  /** Tells it something, and does not wait. */
  public void tell(String line) {
    try {
      process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
    } catch (IOException e) {
      throw new IllegalStateException(what + " does not listen any more" + lastWords(), e);
    }
  }

  /**
   * The next line that it says.
   *
   * @throws IllegalStateException where it says that it failed, or has ended
   */
  public String answer() {
    try {
      String line = output.readLine();
      if (line == null) {
        throw new IllegalStateException(what + " has ended" + lastWords());
      }
      if (line.startsWith("failed")) {
        throw new IllegalStateException(what + " " + line);
      }
      return line;
    } catch (IOException e) {
      throw new IllegalStateException(what + " cannot be heard" + lastWords(), e);
    }
  }

  /**
   * Where it told why, and the last that it told; what is indented is the rest of a stack trace.
   */
  private String lastWords() {
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

  /** Ends it, by force where it takes too long. */
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
