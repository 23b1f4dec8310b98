package dev.orderwire.demo.cluster;

import java.io.IOException;
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
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A Kafka broker on 127.0.0.1, which is also its own controller. It keeps its data when it is
 * started again. Its jars are Maven's: the build of {@code bus-kafka} with its tests writes their
 * class path to a file, so that no other module depends on them. For one thread at a time.
 */
public final class KafkaProgram implements Part.Program {
  /** The file with the class path, in the project's folder. */
  public static final String CLASS_PATH = "bus-kafka/target/broker.classpath";

  private static final String HOST = "127.0.0.1";

  /** A start takes a few seconds, and many times that on a machine with too much to do. */
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(5);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
  private static final int ANSWERS_WITHIN_MILLIS = 1_000;

  /** One of each is enough, and leaves memory to others. */
  private static final List<String> ONE =
      List.of(
          "num.network.threads",
          "offsets.topic.num.partitions",
          "offsets.topic.replication.factor",
          "transaction.state.log.num.partitions",
          "transaction.state.log.replication.factor",
          "transaction.state.log.min.isr",
          "share.coordinator.state.topic.num.partitions",
          "share.coordinator.state.topic.replication.factor",
          "share.coordinator.state.topic.min.isr");

  private final String classPath;
  private final Path folder;
  private final int port = freePort();
  private final Map<String, String> options = new HashMap<>();

  /**
   * @param classPath from {@link #classPath}
   * @param folder for its settings, data and log; created if it is missing
   * @param more options of the broker. <code>${port}</code> in a value is its port
   */
  public KafkaProgram(String classPath, Path folder, Map<String, String> more) throws IOException {
    this.classPath = classPath;
    this.folder = folder;
    int controllerPort = freePort();
    options.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "controller.quorum.voters", "1@%s:%d".formatted(HOST, controllerPort),
            "listeners",
                "PLAINTEXT://%s:%d,CONTROLLER://%1$s:%d".formatted(HOST, port, controllerPort),
            "advertised.listeners", "PLAINTEXT://%s:%d".formatted(HOST, port),
            "controller.listener.names", "CONTROLLER",
            "inter.broker.listener.name", "PLAINTEXT",
            "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL",
            "log.dirs", data().toString()));
    ONE.forEach(each -> options.put(each, "1"));
    options.put("num.io.threads", "2");
    options.put("group.initial.rebalance.delay.ms", "0");
    options.put("auto.create.topics.enable", "false");
    options.put("log.cleaner.dedupe.buffer.size", "1048577");
    more.forEach(
        (name, value) -> options.put(name, value.replace("${port}", Integer.toString(port))));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      return socket.getLocalPort();
    }
  }

  /** The class path of a broker, if the project that a folder lies in has built it. */
  public static Optional<String> classPath(Path within) throws IOException {
    Path root = within.toAbsolutePath();
    while (root != null && !Files.exists(root.resolve(CLASS_PATH))) {
      root = root.getParent();
    }
    return root == null
        ? Optional.empty()
        : Optional.of(Files.readString(root.resolve(CLASS_PATH)).strip());
  }

  public int port() {
    return port;
  }

  /** {@code kafka://127.0.0.1:PORT}. */
  public URI address() {
    return URI.create("kafka://%s:%d".formatted(HOST, port));
  }

  /** The command line of one of the programs of Kafka's jars. It logs warnings to stderr. */
  public List<String> command(String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Dlogback.configurationFile=" + folder.resolve("logback.xml"));
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return command;
  }

  private Path data() {
    return folder.resolve("data");
  }

  private Path settings() {
    return folder.resolve("server.properties");
  }

  private Path log() {
    return folder.resolve("kafka.log");
  }

  @Override
  public Part.Running start() throws IOException, InterruptedException {
    if (!Files.exists(data())) {
      format();
    }
    ChildProcess process = run("kafka.Kafka", settings().toString());
    boolean serves = false;
    try {
      awaitAnswer(process);
      serves = true;
      return process;
    } finally {
      if (!serves) {
        process.stop();
      }
    }
  }

  private ChildProcess run(String mainClass, String... arguments) throws IOException {
    return ChildProcess.start(command(mainClass, List.of(arguments)), System.getenv(), log());
  }

  private void format() throws IOException, InterruptedException {
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
          <appender name="err" class="ch.qos.logback.core.ConsoleAppender">
            <target>System.err</target>
            <encoder><pattern>%d %-5level %logger{0}: %msg%n</pattern></encoder>
          </appender>
          <root level="WARN"><appender-ref ref="err"/></root>
        </configuration>
        """);
    ChildProcess tool =
        run("kafka.tools.StorageTool", "format", "-t", newId(), "-c", settings().toString());
    boolean failed = true;
    try {
      failed = !tool.awaitEnd().equals("exit code 0");
    } finally {
      tool.stop();
      if (failed) {
        deleteData();
      }
    }
    if (failed) {
      throw new IOException("Kafka does not format its folder: see " + log());
    }
  }

  private static String newId() {
    byte[] id = new byte[16];
    ThreadLocalRandom.current().nextBytes(id);
    // Kafka takes no name that begins like an option.
    id[0] = 1;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
  }

  /** Deletes all topics. Only while it does not run. */
  public void deleteData() throws IOException {
    if (Files.exists(data())) {
      try (Stream<Path> all = Files.walk(data())) {
        for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private void awaitAnswer(ChildProcess process) throws IOException, InterruptedException {
    long end = System.nanoTime() + STARTS_WITHIN.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException("Kafka does not answer on port %d: see %s".formatted(port, log()));
      }
      Thread.sleep(POLL_INTERVAL);
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral(HOST), port), ANSWERS_WITHIN_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
