package dev.orderwire.testing;

import dev.orderwire.demo.cluster.KafkaProgram;
import dev.orderwire.demo.cluster.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A process of a Kafka broker on a free port of loopback, with a folder of its own. */
public final class KafkaServer implements AutoCloseable {
  private final Path folder;
  private final KafkaProgram program;
  private Part.Running running;

  /**
   * Starts it.
   *
   * @param folder a new folder is made in it
   * @param options of the broker, such as {@code message.max.bytes=100000}, one by one. <code>
   *     ${port}</code> in a value is its port
   */
  public static KafkaServer start(Path folder, String... options) {
    Map<String, String> named = new HashMap<>();
    for (String each : options) {
      int equals = each.indexOf('=');
      named.put(each.substring(0, equals), each.substring(equals + 1));
    }
    try {
      return new KafkaServer(Files.createTempDirectory(folder, "kafka"), named);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private KafkaServer(Path folder, Map<String, String> options) throws IOException {
    this.folder = folder;
    this.program = new KafkaProgram(classPath(), folder, options);
    this.running = start();
  }

  private static String classPath() throws IOException {
    return KafkaProgram.classPath(Path.of(""))
        .orElseThrow(() ->
            new IllegalStateException(
                "there is no %s in this folder or above: mvn package -pl bus-kafka -am -DskipTests makes it"
                    .formatted(KafkaProgram.CLASS_PATH)));
  }

  private Part.Running start() {
    try {
      return program.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What Kafka's console consumer prints for a topic so far: the partition, the key and the value
   * of each committed record, divided by tabs.
   */
  public List<String> console(String topic) {
    try {
      Path out = Files.createTempFile(folder, "console", "");
      int code =
          new ProcessBuilder(
                  program.command(
                      "org.apache.kafka.tools.consumer.ConsoleConsumer",
                      List.of(
                          "--bootstrap-server",
                          servers(),
                          "--topic",
                          topic,
                          "--from-beginning",
                          "--isolation-level",
                          "read_committed",
                          "--timeout-ms",
                          "5000",
                          "--formatter-property",
                          "print.partition=true",
                          "--formatter-property",
                          "print.key=true")))
              .redirectError(folder.resolve("console.log").toFile())
              .redirectOutput(out.toFile())
              .start()
              .onExit()
              .join()
              .exitValue();
      List<String> lines = Files.readAllLines(out);
      if (code != 0) {
        throw new IllegalStateException("the console consumer has ended with " + code + ": " + out);
      }
      // The tool may say more than the records.
      return lines.stream().filter(line -> line.startsWith("Partition:")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return program.port();
  }

  /** The setting {@code bus}. */
  public URI address() {
    return program.address();
  }

  /** For Kafka's own clients. */
  public String servers() {
    return "127.0.0.1:" + program.port();
  }

  /** As {@code kill -9}. */
  public void kill() {
    running.kill();
  }

  /** Starts it again after {@link #kill}, on the same port. */
  public void restart() {
    running = start();
  }

  /** As {@link #restart}, with an empty folder. */
  public void restartWithoutData() {
    try {
      program.deleteData();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    restart();
  }

  /** Stops it without closing a connection, as a hanging machine. */
  public void pause() {
    RedisServer.run(List.of("kill", "-STOP", Long.toString(running.pid())));
  }

  public void resume() {
    RedisServer.run(List.of("kill", "-CONT", Long.toString(running.pid())));
  }

  @Override
  public void close() {
    kill();
  }
}
