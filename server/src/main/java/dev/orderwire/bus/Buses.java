package dev.orderwire.bus;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens the bus that is configured, through the plugin for it: a folder of jars, in a class loader
 * of its own. Servers without a bus load nothing of any plugin. Safe for any number of threads.
 */
public final class Buses {
  /** The plugin for each scheme of an address. */
  private static final Map<String, String> PLUGINS =
      new TreeMap<>(
          Map.of(
              "redis", "redis",
              "rediss", "redis",
              "redis-sentinel", "redis",
              "rediss-sentinel", "redis",
              "kafka", "kafka"));

  /**
   * The class loader of each folder with jars. It lives as long as the process: plugins share Netty
   * with the server, and Netty's named constants refuse a second copy of the class that has one.
   */
  private static final Map<Path, ClassLoader> LOADERS = new ConcurrentHashMap<>();

  private Buses() {}

  /**
   * The folder of the plugins: what the system property {@code orderwire.plugins} says, otherwise
   * {@code plugins} beside the server's jar.
   */
  public static Path folder() {
    String configured = System.getProperty("orderwire.plugins");
    if (configured != null) {
      return Path.of(configured);
    }
    try {
      URI jar = Buses.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(jar).resolveSibling("plugins");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Opens a bus without waiting for its engine.
   *
   * @param address the setting {@code bus}
   * @param properties the settings {@code bus.properties}
   * @param folder as in {@link #folder()}
   * @throws OrderwireException {@code bad_settings} if the plugin is missing, or refuses the
   *     settings; the message has no password
   */
  public static Bus open(URI address, Map<String, String> properties, Path folder) {
    String scheme = String.valueOf(address.getScheme());
    String name = PLUGINS.get(scheme);
    if (name == null) {
      throw bad(
          "bus begins with one of %s and ://; found %s"
              .formatted(
                  String.join(", ", PLUGINS.keySet()),
                  address.getScheme() == null ? "none of them" : "\"" + scheme + "\""));
    }
    Path jars = folder.resolve(name).toAbsolutePath().normalize();
    ClassLoader loader =
        LOADERS.computeIfAbsent(
            jars,
            _ ->
                new URLClassLoader(
                    "plugin " + name, urls(jars, name), Buses.class.getClassLoader()));
    return provider(loader, jars, name).open(address, properties);
  }

  private static URL[] urls(Path jars, String name) {
    List<URL> urls = new ArrayList<>();
    if (Files.isDirectory(jars)) {
      try (var each = Files.newDirectoryStream(jars, "*.jar")) {
        for (Path jar : each) {
          urls.add(jar.toUri().toURL());
        }
      } catch (IOException e) {
        throw bad("the plugin %s cannot be read: %s".formatted(name, e));
      }
    }
    if (urls.isEmpty()) {
      throw bad(
          "bus needs the plugin %s, and there is no jar in %s. Build it by: mvn package -pl bus-%s -am. Then copy bus-%s/target/plugins/%s there, or name its parent folder by -Dorderwire.plugins in JAVA_OPTS"
              .formatted(name, jars, name, name, name));
    }
    return urls.toArray(URL[]::new);
  }

  private static BusProvider provider(ClassLoader loader, Path jars, String name) {
    try {
      return ServiceLoader.load(BusProvider.class, loader)
          .findFirst()
          .orElseThrow(() ->
              bad(
                  "no jar in %s is the plugin %s: one of them must name its BusProvider in META-INF/services"
                      .formatted(jars, name)));
    } catch (ServiceConfigurationError | NoClassDefFoundError e) {
      throw new OrderwireException(
          ErrorCode.BAD_SETTINGS,
          "the plugin %s in %s is of another version, or incomplete: %s"
              .formatted(name, jars, e.getMessage()),
          e);
    }
  }

  private static OrderwireException bad(String message) {
    return new OrderwireException(ErrorCode.BAD_SETTINGS, message);
  }
}
