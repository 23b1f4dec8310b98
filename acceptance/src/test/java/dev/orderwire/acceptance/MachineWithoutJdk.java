package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A copy of the launcher, and the built project, for a user on a machine without a JDK: the only
 * tools are those of {@link #TOOLS}, the only addresses on loopback.
 */
final class MachineWithoutJdk implements AutoCloseable {
  private static final List<String> PLUGINS =
      List.of(
          "target/plugins/redis/orderwire-bus-redis.jar",
          "target/plugins/kafka/orderwire-bus-kafka.jar");

  private static final String FOLDERS_OF_JDKS = "/usr/lib/jvm/* /opt/* /opt/java/* /opt/jdk/*";
  private static final String RELEASES = "https://github.com/";

  /** All that the launcher uses, except for installing packages, and one tool of two kinds. */
  private static final List<String> TOOLS =
      List.of(
          "cat",
          "cksum",
          "curl",
          "dirname",
          "find",
          "gzip",
          "head",
          "id",
          "ldd",
          "ls",
          "mkdir",
          "mktemp",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sha256sum",
          "tar",
          "touch",
          "tr",
          "uname");

  private final Path folder;
  private final Path project;
  private final Path tools;
  private final Path home;

  /**
   * @param folder an empty folder
   * @param releases the address in the place of github.com
   * @param checksum the checksum of each platform's JDK
   */
  MachineWithoutJdk(Path folder, String releases, String checksum) {
    this.folder = folder;
    Path real = OrderwireProcess.launcher().resolveSibling("");
    try {
      project = Files.createDirectory(folder.resolve("the project"));
      tools = Files.createDirectory(folder.resolve("tools"));
      home = Files.createDirectory(folder.resolve("home"));
      // Without sources, so that nothing is newer than the jar.
      Path target = Files.createDirectories(project.resolve("server/target"));
      for (String plugin : PLUGINS) {
        Files.createDirectories(project.resolve(plugin).getParent());
        Files.copy(real.resolve(plugin), project.resolve(plugin));
      }
      Files.createSymbolicLink(target.resolve("lib"), real.resolve("server/target/lib"));
      for (String file :
          List.of("orderwire", "server/jvm.options", "server/target/orderwire-server.jar")) {
        Files.copy(real.resolve(file), project.resolve(file));
      }
      Path launcher = Files.createDirectory(project.resolve("launcher"));
      String jdk = Files.readString(real.resolve("launcher/jdk.sh"));
      assertThat(jdk).containsOnlyOnce(FOLDERS_OF_JDKS).containsOnlyOnce(RELEASES);
      Files.writeString(
          launcher.resolve("jdk.sh"),
          jdk.replace(FOLDERS_OF_JDKS, "\"$root\"/jdks/*").replace(RELEASES, releases + "/"));
      String pins = Files.readString(real.resolve("launcher/temurin"));
      Files.writeString(
          launcher.resolve("temurin"), pins.replaceAll("(?m) [0-9a-f]{64}$", " " + checksum));
      TOOLS.forEach(this::addTool);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a tool of this machine. */
  void addTool(String name) {
    Path real =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("this machine has no " + name));
    try {
      Files.createSymbolicLink(tools.resolve(name), real);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void removeTool(String name) throws IOException {
    Files.delete(tools.resolve(name));
  }

  /** Replaces a tool by a script. */
  void replaceTool(String name, String script) throws IOException {
    removeTool(name);
    Path tool = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + script + "\n");
    assertThat(tool.toFile().setExecutable(true)).isTrue();
  }

  /**
   * Starts a command that tells which JDK runs it.
   *
   * @param variables names and values in turn
   */
  OrderwireProcess start(String... variables) {
    return startCommand("--version", variables);
  }

  OrderwireProcess startCommand(String command, String... variables) {
    ProcessBuilder builder =
        new ProcessBuilder(project.resolve("orderwire").toString(), command)
            .directory(home.toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", tools.toString());
    environment.put("HOME", home.toString());
    environment.put("JAVA_OPTS", "-XshowSettings:properties");
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return OrderwireProcess.start(builder);
  }

  Path cache() {
    return home.resolve(".cache/orderwire");
  }

  /** The files and folders in the cache. */
  List<String> cached() {
    try (Stream<Path> files = Files.list(cache())) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes its links: JUnit warns of links that lead out of a temporary folder. */
  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path link : all.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }
}
