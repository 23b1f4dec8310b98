package dev.orderwire.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A process of a Kafka broker on a free port of loopback, with a folder of its own. Its jars are
 * those of Maven: the build of {@code bus-kafka} writes their class path to a file, so that no
 * other module depends on them.
 */
public final class KafkaServer implements AutoCloseable {
  /** A start takes a few seconds, and many times that on a machine with too much to do. */
  private static final Duration LONGEST_START = Duration.ofMinutes(5);

  private static final String CLASS_PATH = "bus-kafka/target/broker.classpath";

  private final Path folder;
  private final int port = freePort();
  private final int controllerPort = freePort();
  private final Map<String, String> options = new HashMap<>();
  private Process process;

  /**
   * Starts it.
   *
   * @param folder a new folder is made in it
   * @param options of the broker, such as {@code message.max.bytes=100000}, one by one
   */
  public static KafkaServer start(Path folder, String... options) {
    return new KafkaServer(folder, options);
  }

  private KafkaServer(Path parent, String... more) {
    folder = parent.resolve("kafka-" + port);
    options.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
            "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                    .formatted(port, controllerPort),
            "advertised.listeners", "PLAINTEXT://127.0.0.1:" + port,
            "controller.listener.names", "CONTROLLER",
            "inter.broker.listener.name", "PLAINTEXT",
            "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL",
            "log.dirs", folder.resolve("data").toString()));
    // One of each is enough, and leaves memory to others.
    for (String one :
        List.of(
            "num.network.threads",
            "offsets.topic.num.partitions",
            "offsets.topic.replication.factor",
            "transaction.state.log.num.partitions",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "share.coordinator.state.topic.num.partitions",
            "share.coordinator.state.topic.replication.factor",
            "share.coordinator.state.topic.min.isr")) {
      options.put(one, "1");
    }
    options.put("num.io.threads", "2");
    options.put("group.initial.rebalance.delay.ms", "0");
    options.put("auto.create.topics.enable", "false");
    options.put("log.cleaner.dedupe.buffer.size", "1048577");
    for (String each : more) {
      int equals = each.indexOf('=');
      options.put(
          each.substring(0, equals),
          each.substring(equals + 1).replace("${port}", Integer.toString(port)));
    }
    process = start();
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath() {
    Path root = Path.of("").toAbsolutePath();
    while (root != null && !Files.exists(root.resolve(CLASS_PATH))) {
      root = root.getParent();
    }
    if (root == null) {
      throw new IllegalStateException(
          "there is no %s in this folder or above: mvn package -pl bus-kafka -am -DskipTests makes it"
              .formatted(CLASS_PATH));
    }
    try {
      return Files.readString(root.resolve(CLASS_PATH)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process start() {
    try {
      if (!Files.exists(folder.resolve("data"))) {
        format();
      }
      Process started = java("kafka.Kafka", settings().toString());
      long deadline = System.nanoTime() + LONGEST_START.toNanos();
      while (!serves(started)) {
        if (System.nanoTime() > deadline) {
          started.destroyForcibly();
          throw new IllegalStateException("Kafka does not serve: see " + folder.resolve("log"));
        }
        Thread.sleep(50);
      }
      return started;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path settings() {
    return folder.resolve("server.properties");
  }

  private void format() throws IOException {
    Files.createDirectories(folder);
    Files.write(
        settings(),
        options.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue().replace("\\", "\\\\"))
            .toList());
    Files.writeString(
        folder.resolve("logback.xml"),
        """
        <configuration>
          <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
            <encoder><pattern>%d %-5level %logger{0}: %msg%n</pattern></encoder>
          </appender>
          <root level="WARN"><appender-ref ref="out"/></root>
        </configuration>
        """);
    byte[] id = new byte[16];
    ThreadLocalRandom.current().nextBytes(id);
    // Kafka takes no name that begins like an option.
    id[0] = 1;
    String name = Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    int code =
        java("kafka.tools.StorageTool", "format", "-t", name, "-c", settings().toString())
            .onExit()
            .join()
            .exitValue();
    if (code != 0) {
      throw new IllegalStateException(
          "the folder cannot be formatted: " + Files.readString(folder.resolve("log")));
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
          java(
                  out,
                  "org.apache.kafka.tools.consumer.ConsoleConsumer",
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
                  "print.key=true")
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

  private Process java(String main, String... arguments) throws IOException {
    return java(folder.resolve("log"), main, arguments);
  }

  private Process java(Path out, String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms64m",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=" + folder.resolve("logback.xml"),
            "-cp",
            classPath(),
            main));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
        .start();
  }

  private boolean serves(Process started) {
    if (!started.isAlive()) {
      throw new IllegalStateException("Kafka has ended: see " + folder.resolve("log"));
    }
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  /** The setting {@code bus}. */
  public URI address() {
    return URI.create("kafka://" + servers());
  }

  /** For Kafka's own clients. */
  public String servers() {
    return "127.0.0.1:" + port;
  }

  /** As {@code kill -9}. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again after {@link #kill}, on the same port. */
  public void restart() {
    process = start();
  }

  /** As {@link #restart}, with an empty folder. */
  public void restartWithoutData() {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    restart();
  }

  /** Stops it without closing a connection, as a hanging machine. */
  public void pause() {
    RedisServer.run(List.of("kill", "-STOP", Long.toString(process.pid())));
  }

  public void resume() {
    RedisServer.run(List.of("kill", "-CONT", Long.toString(process.pid())));
  }

  @Override
  public void close() {
    kill();
  }
}
