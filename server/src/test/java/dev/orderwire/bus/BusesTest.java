package dev.orderwire.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BusesTest {
  private static final String SERVICE = "META-INF/services/dev.orderwire.bus.BusProvider";

  /** Its address is the name of its class loader. */
  private static final String PROVIDER =
      """
      package shop;

      import dev.orderwire.bus.*;

      public final class Provider implements BusProvider {
        @Override
        public Bus open(java.net.URI address, java.util.Map<String, String> properties) {
          if (properties.containsKey("fail")) {
            throw new IllegalArgumentException(properties.get("fail"));
          }
          return new Bus() {
            @Override
            public void publish(java.util.List<BusRecord> records) {
              throw new StaleTermException(1, 2);
            }

            @Override
            public Follower follow() {
              throw new BusException("no engine", null);
            }

            @Override
            public String toString() {
              return Provider.class.getClassLoader().getName();
            }

            @Override
            public void close() {}
          };
        }
      }
      """;

  @TempDir private Path folder;

  private void plugin(String name) throws IOException {
    Path source = folder.resolve("source/shop/Provider.java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, PROVIDER);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int code =
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            folder.resolve("classes").toString(),
            source.toString());
    assertThat(code).isZero();
    jar(name, "shop.Provider");
  }

  private void jar(String name, String provider) throws IOException {
    Path jar = folder.resolve(name).resolve("plugin.jar");
    Files.createDirectories(jar.getParent());
    try (OutputStream out = Files.newOutputStream(jar);
        var zip = new ZipOutputStream(out)) {
      entry(zip, SERVICE, provider.getBytes(UTF_8));
      Path classes = folder.resolve("classes/shop");
      if (Files.isDirectory(classes)) {
        try (var each = Files.newDirectoryStream(classes)) {
          for (Path file : each) {
            entry(zip, "shop/" + file.getFileName(), Files.readAllBytes(file));
          }
        }
      }
    }
  }

  private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }

  private Bus open(String address) {
    return Buses.open(URI.create(address), Map.of(), folder);
  }

  private void refused(String message, String address) {
    assertThatThrownBy(() -> open(address))
        .isInstanceOfSatisfying(
            OrderwireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SETTINGS))
        .hasMessageContaining(message)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void eachSchemeHasAPluginInAClassLoaderOfItsOwn() throws IOException {
    plugin("redis");
    plugin("kafka");
    for (String scheme : List.of("redis", "rediss", "redis-sentinel", "rediss-sentinel")) {
      try (Bus bus = open(scheme + "://h")) {
        assertThat(bus).hasToString("plugin redis");
        assertThatThrownBy(() -> bus.publish(List.of())).isInstanceOf(StaleTermException.class);
        assertThatThrownBy(bus::follow).isInstanceOf(BusException.class);
      }
    }
    try (Bus bus = open("kafka://h")) {
      assertThat(bus).hasToString("plugin kafka");
    }
  }

  /** Netty would refuse a second copy of a class that has one of its named constants. */
  @Test
  void aPluginIsLoadedOnce() throws IOException {
    plugin("redis");
    Class<?> first;
    try (Bus bus = open("redis://h")) {
      first = bus.getClass();
    }
    assertThat(first.getClassLoader()).isNotSameAs(Buses.class.getClassLoader());
    try (Bus bus = open("redis://other")) {
      assertThat(bus.getClass()).isSameAs(first);
    }
  }

  @Test
  void whatAPluginRefusesIsPassedOn() throws IOException {
    plugin("redis");
    assertThatThrownBy(
            () -> Buses.open(URI.create("redis://h"), Map.of("fail", "no such setting"), folder))
        .hasMessage("no such setting");
  }

  @Test
  void whatIsMissingIsSaid() throws IOException {
    refused("bus begins with one of kafka, redis, redis-sentinel", "amqp://u:hunter2@h");
    refused("found none of them", "//u:hunter2@h");
    refused("there is no jar in " + folder.resolve("redis"), "redis://u:hunter2@h");
    refused("mvn package -pl bus-kafka -am", "kafka://h");
    Files.createDirectories(folder.resolve("kafka"));
    refused("there is no jar in", "kafka://h");
  }

  @Test
  void aFolderWithoutAProviderIsRefused() throws IOException {
    jar("kafka", "# nothing");
    refused("is the plugin kafka: one of them must name its BusProvider", "kafka://h");
    jar("redis", "shop.Missing");
    refused("of another version, or incomplete", "redis://h");
  }

  @Test
  void theFolderIsBesideTheServer() {
    assertThat(Buses.folder()).endsWithRaw(Path.of("target", "plugins"));
  }
}
