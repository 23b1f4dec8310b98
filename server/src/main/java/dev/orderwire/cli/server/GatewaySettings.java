package dev.orderwire.cli.server;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.tls.ServerTls;
import dev.orderwire.gateway.tls.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The gateway's options according to the settings. */
final class GatewaySettings {
  private GatewaySettings() {}

  static GatewayOptions options(Settings settings, MemoryLimits memory, Role role) {
    Set<String> actorTables =
        settings.tables().entrySet().stream()
            .filter(table -> table.getValue().actor())
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    Settings.Server server = settings.server();
    return new GatewayOptions(
        server.host(),
        server.port(),
        Duration.ofSeconds(server.heartbeatSeconds()),
        Set.copyOf(server.origins()),
        actorTables,
        spoolFolder(settings.snapshots().folder()),
        limits(settings, memory),
        settings.proxies().proxies(),
        role.servesClients());
  }

  /**
   * The TLS of the gateway; null if it has none.
   *
   * @throws OrderwireException {@code bad_settings} if its files cannot be used
   */
  static @Nullable ServerTls tls(Settings settings) {
    Settings.Tls tls = settings.server().tls();
    if (!tls.isOn()) {
      return null;
    }
    Path clientCa = tls.clientCa().isEmpty() ? null : Path.of(tls.clientCa());
    return new ServerTls(
        new TlsFiles(Path.of(tls.certificate()), Path.of(tls.key()), clientCa), tls.hstsSeconds());
  }

  private static Map<Limit, Long> limits(Settings settings, MemoryLimits memory) {
    Map<Limit, Long> limits = new EnumMap<>(memory.shared());
    limits.putAll(turns(Runtime.getRuntime().availableProcessors()));
    limits.putAll(settings.limits().values());
    limits.put(Limit.SPOOL_MEGABYTES, (long) settings.snapshots().spoolMegabytes());
    return limits;
  }

  /**
   * How much is read from MySQL at once: reading rows takes CPU time of the server and of MySQL,
   * which live changes need more.
   */
  static Map<Limit, Long> turns(int processors) {
    return Map.of(
        Limit.TASKS, Math.clamp(processors, 2, Limit.TASKS.number()),
        Limit.SNAPSHOTS, Math.clamp(processors / 2, 1, Limit.SNAPSHOTS.number()));
  }

  private static Path spoolFolder(String configured) {
    return Path.of(configured.isEmpty() ? System.getProperty("java.io.tmpdir") : configured);
  }
}
