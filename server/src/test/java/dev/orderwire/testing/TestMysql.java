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
 * The one MySQL that all tests of this JVM share: started when first asked for, gone with the JVM.
 * Or another one, of a newer version, that {@code ORDERWIRE_TEST_MYSQL} names.
 */
public final class TestMysql {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestMysql() {}

  /** Started on first use, and only then. */
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
      // Its data are of no use to anyone any more.
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

  /** The shared server. Whoever wants to restart one starts an own one. */
  public static TestServer server() {
    return Shared.SERVER;
  }

  /** A new, empty database with a name of its own; closing it drops it. */
  public static TestDatabase database() {
    return TestDatabase.create(server(), "test_" + DATABASES.incrementAndGet());
  }
}
