package dev.orderwire.judge.cluster;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A process of a Kafka broker, which keeps its ports and its folder. Its jars are those of Maven.
 * Each of its clients may have a port of its own, at which the broker tells the client to connect
 * somewhere else: through a link. Safe for use by any number of threads.
 */
final class KafkaProcess implements AutoCloseable {
  /** What the build of the module bus-kafka writes the class path to. */
  private static final Path CLASS_PATH = Path.of("bus-kafka", "target", "broker.classpath");

  private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
  private static final int CONNECTS_WITHIN_MILLIS = 1_000;

  private static final String LOG_SETTINGS =
      """
      <configuration>
        <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d %-5level %logger{0}: %msg%n</pattern></encoder>
        </appender>
        <root level="WARN"><appender-ref ref="out"/></root>
      </configuration>
      """;

  private final Path folder;
  private final List<String> settings;
  private final int port;

  /** Guarded by this, as all that follows. */
  private Process process;

  private boolean closed;

  /**
   * Starts it and waits until it accepts connections.
   *
   * @param folder for its data and its log; created
   * @param ports free ports: its own, its controller's, and one for each client
   * @param advertised where each client is told to connect
   */
  KafkaProcess(Path folder, List<Integer> ports, List<Integer> advertised) throws IOException {
    this.folder = folder;
    this.port = ports.getFirst();
    this.settings = settings(folder, ports, advertised);
    this.process = launch();
  }

  private static List<String> settings(Path folder, List<Integer> ports, List<Integer> advertised) {
    List<String> listeners = new ArrayList<>();
    List<String> told = new ArrayList<>();
    List<String> protocols = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      String name = i == 0 ? "JUDGE" : i == 1 ? "CONTROLLER" : "CLIENT" + (i - 1);
      listeners.add("%s://127.0.0.1:%d".formatted(name, ports.get(i)));
      protocols.add(name + ":PLAINTEXT");
      if (i != 1) {
        int port = i == 0 ? ports.get(i) : advertised.get(i - 2);
        told.add("%s://127.0.0.1:%d".formatted(name, port));
      }
    }
    List<String> settings = new ArrayList<>();
    settings.addAll(
        List.of(
            "process.roles=broker,controller",
            "node.id=1",
            "controller.quorum.voters=1@127.0.0.1:" + ports.get(1),
            "controller.listener.names=CONTROLLER",
            "inter.broker.listener.name=JUDGE",
            "listeners=" + String.join(",", listeners),
            "advertised.listeners=" + String.join(",", told),
            "listener.security.protocol.map=" + String.join(",", protocols),
            "log.dirs=" + folder.resolve("data"),
            "num.io.threads=2",
            "group.initial.rebalance.delay.ms=0",
            "auto.create.topics.enable=false",
            "log.cleaner.dedupe.buffer.size=1048577"));
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
      settings.add(one + "=1");
    }
    return List.copyOf(settings);
  }

  /** Free ports of loopback. */
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket each : sockets) {
        each.close();
      }
    }
  }

  /** The file with the class path: in the project's folder, or in a folder above this one. */
  static Optional<Path> classPathFile() {
    Path from = Path.of(System.getProperty("orderwire.home", "")).toAbsolutePath();
    for (Path root = from; root != null; root = root.getParent()) {
      Path file = root.resolve(CLASS_PATH);
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /**
   * What this machine lacks, and what to do; empty for nothing.
   *
   * @param build how to build what is missing
   */
  static Optional<String> missing(String build) {
    Optional<Path> file = classPathFile();
    if (file.isEmpty()) {
      return Optional.of(
          "no class path of Kafka's broker in %s: %s"
              .formatted(
                  Path.of(System.getProperty("orderwire.home", "")).resolve(CLASS_PATH), build));
    }
    try {
      return Arrays.stream(Files.readString(file.get()).strip().split(File.pathSeparator, -1))
          .filter(jar -> !Files.isRegularFile(Path.of(jar)))
          .findFirst()
          .map(jar ->
              "no file %s, which Kafka's broker needs: delete %s, and %s"
                  .formatted(jar, file.get(), build));
    } catch (IOException e) {
      return Optional.of("cannot read %s (%s): delete it, and %s".formatted(file.get(), e, build));
    }
  }

  private Path log() {
    return folder.resolve("kafka.log");
  }

  private Path settingsFile() {
    return folder.resolve("server.properties");
  }

  /** Tries again if it ends at once: another socket may have one of its ports for a moment. */
  private Process launch() throws IOException {
    try {
      if (!Files.exists(folder.resolve("data"))) {
        format();
      }
      long deadline = System.nanoTime() + STARTS_WITHIN.toNanos();
      while (true) {
        Process started = java(log(), "kafka.Kafka", settingsFile().toString());
        if (accepts(started, deadline)) {
          return started;
        }
        started.destroyForcibly();
        if (System.nanoTime() > deadline) {
          throw new IOException("Kafka does not start: see " + log());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Kafka was starting", e);
    }
  }

  private boolean accepts(Process started, long deadline) throws InterruptedException {
    try {
      while (started.isAlive() && System.nanoTime() < deadline) {
        try (Socket socket = new Socket()) {
          socket.connect(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              CONNECTS_WITHIN_MILLIS);
          return true;
        } catch (IOException e) {
          Thread.sleep(POLL_INTERVAL);
        }
      }
      return false;
    } catch (InterruptedException e) {
      started.destroyForcibly();
      throw e;
    }
  }

  private void format() throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Files.write(settingsFile(), settings.stream().map(each -> each.replace("\\", "\\\\")).toList());
    Files.writeString(folder.resolve("logback.xml"), LOG_SETTINGS);
    byte[] id = new byte[16];
    ThreadLocalRandom.current().nextBytes(id);
    // Kafka takes no name that begins like an option.
    id[0] = 1;
    String name = Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    String file = settingsFile().toString();
    int code = java(log(), "kafka.tools.StorageTool", "format", "-t", name, "-c", file).waitFor();
    if (code != 0) {
      throw new IOException("Kafka cannot format its folder: see " + log());
    }
  }

  /**
   * Starts one of Kafka's programs.
   *
   * @param out the file that gets its output; that for errors is the log
   */
  Process java(Path out, String main, String... arguments) throws IOException {
    Path classPath =
        classPathFile().orElseThrow(() -> new IOException("there is no file " + CLASS_PATH));
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
            Files.readString(classPath).strip(),
            main));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
        .start();
  }

  /**
   * What Kafka's console consumer prints, as bytes of UTF-8: the partition, the key and the value
   * of each committed record, divided by tabs.
   *
   * @param arguments which records, and until when
   */
  List<String> console(String... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "console", "");
    try {
      List<String> all = new ArrayList<>();
      all.addAll(List.of("--bootstrap-server", "127.0.0.1:" + port));
      all.addAll(List.of("--isolation-level", "read_committed", "--from-beginning"));
      all.addAll(List.of("--formatter-property", "print.partition=true"));
      all.addAll(List.of("--formatter-property", "print.key=true"));
      all.addAll(List.of(arguments));
      Process consumer =
          java(out, "org.apache.kafka.tools.consumer.ConsoleConsumer", all.toArray(String[]::new));
      try {
        if (consumer.waitFor() != 0) {
          throw new IOException("Kafka's console consumer has failed: see " + log());
        }
      } finally {
        consumer.destroyForcibly();
      }
      // The tool may say more than the records.
      try (Stream<String> lines = Files.lines(out)) {
        return lines.filter(line -> line.startsWith("Partition:")).toList();
      }
    } finally {
      Files.delete(out);
    }
  }

  /**
   * The newest segment of a topic with one partition; empty if there is no such topic. For a
   * process that was killed.
   */
  Optional<Path> newestSegment(String topic) throws IOException {
    Path partition = folder.resolve("data").resolve(topic + "-0");
    if (!Files.isDirectory(partition)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(partition)) {
      return files.filter(each -> each.toString().endsWith(".log")).max(Comparator.naturalOrder());
    }
  }

  /** Sends SIGKILL. */
  synchronized void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again after {@link #kill}, with what it had. */
  synchronized void restart() throws IOException {
    if (!closed) {
      process = launch();
    }
  }

  /** Starts it again after {@link #kill}, with nothing. */
  synchronized void restartEmpty() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("data"))) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
    restart();
  }

  /** Sends SIGSTOP: the process stays, but does nothing. */
  synchronized void suspend() throws InterruptedException {
    Signal.STOP.send(process);
  }

  /** Sends SIGCONT. */
  synchronized void resume() throws InterruptedException {
    Signal.CONT.send(process);
  }

  @Override
  public synchronized void close() {
    closed = true;
    kill();
  }
}
