package dev.orderwire.testing;

import dev.orderwire.demo.EmbeddedMysql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The MySQL that all tests of this JVM share. It starts on first use and ends with the JVM; or
 * {@code ORDERWIRE_TEST_MYSQL} names another server, of a newer version.
 */
public final class TestMysql {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestMysql() {}

  /** Loaded on first use. */
  private static final class Shared {
    static final TestServer SERVER = choose();

    private static TestServer choose() {
      String other = System.getenv("ORDERWIRE_TEST_MYSQL");
      return other == null ? TestServer.of(start()) : TestServer.at(other);
    }

    private static EmbeddedMysql start() {
      try {
        Path data = Files.createTempDirectory("orderwire-test-mysql");
        EmbeddedMysql server = EmbeddedMysql.start(data, 0, List.of());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, data), "end test mysql"));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void end(EmbeddedMysql server, Path data) {
      // Its data is deleted, so it need not shut down cleanly.
      server.kill();
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The shared server. A test that restarts MySQL starts a server of its own. */
  public static TestServer server() {
    return Shared.SERVER;
  }

  /** A new, empty database with a name of its own; closing it drops it. */
  public static TestDatabase database() {
    return TestDatabase.create(server(), "test_" + DATABASES.incrementAndGet());
  }
}
