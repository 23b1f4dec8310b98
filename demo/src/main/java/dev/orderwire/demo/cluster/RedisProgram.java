package dev.orderwire.demo.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Redis that is installed on this machine, on 127.0.0.1, without data on disk: when it is
 * started again, it is empty. For one thread at a time.
 */
public final class RedisProgram implements Part.Program {
  private static final String HOST = "127.0.0.1";
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(20);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
  private static final int ANSWERS_WITHIN_MILLIS = 1_000;

  private final Path binary;
  private final Path folder;
  private final int port;
  private final String password;

  /**
   * @param binary from {@link #installed}
   * @param folder for its settings and its log; created if it is missing
   * @param password letters, digits, {@code -} and {@code _}
   */
  public RedisProgram(Path binary, Path folder, String password) throws IOException {
    this.binary = binary;
    this.folder = folder;
    this.password = password;
    // The same after each start, since the address of the bus is a setting of the other parts.
    this.port = freePort();
  }

  /** The program {@code redis-server}, or {@code valkey-server}, of a PATH. */
  public static Optional<Path> installed(String path) {
    return Arrays.stream(path.split(Pattern.quote(File.pathSeparator), -1))
        .flatMap(
            each -> Stream.of("redis-server", "valkey-server").map(name -> Path.of(each, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      return socket.getLocalPort();
    }
  }

  /** {@code redis://:PASSWORD@127.0.0.1:PORT}. */
  public URI address() {
    return URI.create("redis://:%s@%s:%d".formatted(password, HOST, port));
  }

  @Override
  public Part.Running start() throws IOException, InterruptedException {
    Files.createDirectories(folder);
    // In a file that only its owner can read: others see the arguments of a command.
    Path settings = folder.resolve("redis.conf");
    Files.deleteIfExists(settings);
    Files.createFile(
        settings,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        settings,
        """
        dir "%s"
        bind %s
        port %d
        requirepass %s
        save ""
        appendonly no
        logfile redis.log
        """
            .formatted(
                folder.toAbsolutePath().toString().replace("\\", "\\\\").replace("\"", "\\\""),
                HOST,
                port,
                password));
    ChildProcess process =
        ChildProcess.start(
            List.of(binary.toString(), settings.toString()),
            System.getenv(),
            folder.resolve("stderr.log"));
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

  private void awaitAnswer(ChildProcess process) throws IOException, InterruptedException {
    long end = System.nanoTime() + STARTS_WITHIN.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException(
            "Redis (%s) does not answer on port %d: see %s"
                .formatted(binary, port, folder.resolve("redis.log")));
      }
      Thread.sleep(POLL_INTERVAL);
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral(HOST), port), ANSWERS_WITHIN_MILLIS);
      socket.setSoTimeout(ANSWERS_WITHIN_MILLIS);
      socket.getOutputStream().write("AUTH %s\r\n".formatted(password).getBytes(UTF_8));
      return new String(socket.getInputStream().readNBytes(3), UTF_8).equals("+OK");
    } catch (IOException e) {
      return false;
    }
  }
}
