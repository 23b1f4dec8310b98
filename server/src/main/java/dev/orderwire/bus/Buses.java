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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
    return provider(BusProvider.class, "bus", PLUGINS.keySet(), address, folder)
        .open(address, properties);
  }

  /**
   * What a plugin provides for an address. All that one plugin provides has one class loader.
   *
   * @param type names the services of the plugin
   * @param setting that has the address
   * @param schemes of an address for which there may be one
   * @param folder as in {@link #folder()}
   * @throws OrderwireException {@code bad_settings} if there is no such plugin; the message has no
   *     password
   */
  public static <P> P provider(
      Class<P> type, String setting, Set<String> schemes, URI address, Path folder) {
    String scheme = String.valueOf(address.getScheme());
    String name = schemes.contains(scheme) ? PLUGINS.get(scheme) : null;
    if (name == null) {
      throw bad(
          "%s begins with one of %s and ://; found %s"
              .formatted(
                  setting,
                  String.join(", ", new TreeSet<>(schemes)),
                  address.getScheme() == null ? "none of them" : "\"" + scheme + "\""));
    }
    Path jars = folder.resolve(name).toAbsolutePath().normalize();
    ClassLoader loader =
        LOADERS.computeIfAbsent(
            jars,
            _ ->
                new URLClassLoader(
                    "plugin " + name, urls(jars, name, setting), Buses.class.getClassLoader()));
    return provider(type, loader, jars, name);
  }

  /**
   * The address in a setting.
   *
   * @throws OrderwireException {@code bad_settings}; the message has no password
   */
  public static URI address(String setting, String url) {
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      // The cause would show a password.
      throw bad(setting + " must be an address such as redis://host:6379");
    }
  }

  private static URL[] urls(Path jars, String name, String setting) {
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
          "%s needs the plugin %s, and there is no jar in %s. Build it by: mvn package -pl bus-%s -am. Then copy target/plugins/%s there, or name its parent folder by -Dorderwire.plugins in JAVA_OPTS"
              .formatted(setting, name, jars, name, name));
    }
    return urls.toArray(URL[]::new);
  }

  private static <P> P provider(Class<P> type, ClassLoader loader, Path jars, String name) {
    try {
      return ServiceLoader.load(type, loader)
          .findFirst()
          .orElseThrow(() ->
              bad(
                  "no jar in %s is the plugin %s: one of them must name its %s in META-INF/services"
                      .formatted(jars, name, type.getSimpleName())));
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
