package dev.orderwire.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.RedisServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder {@code target/plugins/redis} is what a server loads. */
final class PluginFolderTest {
  private static final Path LIBRARIES = Path.of("..", "target", "plugins", "redis");
  private static final Path CLASSES = Path.of("target", "classes").toAbsolutePath();

  private static List<Path> libraries() throws IOException {
    try (Stream<Path> all = Files.list(LIBRARIES)) {
      // The plugin's own jar is made after the tests. That of an earlier build may be there.
      return all.filter(each -> !each.endsWith("orderwire-bus-redis.jar")).toList();
    }
  }

  @Test
  void itHasOnlyWhatTheServerDoesNotHave() throws IOException {
    assertThat(libraries())
        .extracting(each -> each.getFileName().toString().replaceFirst("-[0-9].*", ""))
        .containsExactlyInAnyOrder(
            "lettuce-core",
            "reactor-core",
            "reactive-streams",
            "redis-authx-core",
            "netty-codec-dns",
            "netty-resolver-dns");
  }

  @Test
  void itHasAllThatTheServerDoesNotHave(@TempDir Path folder) throws IOException {
    Path plugins = folder.resolve("plugins");
    Path plugin = Files.createDirectories(plugins.resolve("redis"));
    for (Path each : libraries()) {
      Files.copy(each, plugin.resolve(each.getFileName()));
    }
    jar(plugin.resolve("own.jar"));
    try (RedisServer redis = RedisServer.start(folder)) {
      String said =
          RedisServer.run(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  classPathOfTheServer(),
                  PluginMain.class.getName(),
                  "redis://localhost:%d?timeout=30s".formatted(redis.port()),
                  plugins.toString()));
      assertThat(said)
          .contains(
              "[record 1-1 of 4 bytes]",
              "[record 2-1 of 4 bytes]",
              "plugin redis",
              "[about], by the same loader")
          .doesNotContain("Exception");
    }
  }

  private static String classPathOfTheServer() throws IOException {
    List<Path> names = libraries().stream().map(Path::getFileName).toList();
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(Path::of)
        .filter(each -> !each.equals(CLASSES) && !names.contains(each.getFileName()))
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void jar(Path file) throws IOException {
    try (Stream<Path> all = Files.walk(CLASSES);
        var jar = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        jar.putNextEntry(new ZipEntry(CLASSES.relativize(each).toString()));
        jar.write(Files.readAllBytes(each));
        jar.closeEntry();
      }
    }
  }
}
