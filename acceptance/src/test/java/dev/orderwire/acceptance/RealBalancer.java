package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** HAProxy or nginx as a process, with the files of {@code deploy}. It speaks TLS with clients. */
final class RealBalancer implements AutoCloseable {
  /** Which program, with which file. */
  enum Kind {
    HAPROXY,
    HAPROXY_TCP,
    /** As {@link #HAPROXY_TCP}, where TLS is the servers' business. */
    HAPROXY_TCP_TLS_OF_SERVERS,
    NGINX;

    /** The settings of the servers behind it, as environment variables. */
    Map<String, String> ofServers(TestAuthority authority) {
      Map<String, String> all = new HashMap<>();
      all.put("ORDERWIRE_PROXIES_TRUSTED", "127.0.0.1");
      all.put("ORDERWIRE_AUTH_MODE", "none");
      if (this == HAPROXY_TCP || this == HAPROXY_TCP_TLS_OF_SERVERS) {
        all.put("ORDERWIRE_PROXIES_PROXY_PROTOCOL", "true");
      }
      if (this == HAPROXY_TCP_TLS_OF_SERVERS) {
        TestAuthority.Issued issued = certificate(authority);
        all.put("ORDERWIRE_SERVER_TLS_CERTIFICATE", issued.certificate().toString());
        all.put("ORDERWIRE_SERVER_TLS_KEY", issued.key().toString());
      }
      return all;
    }

    /**
     * Starts it.
     *
     * @param servers their ports
     */
    RealBalancer start(Path folder, List<Integer> servers, TestAuthority authority) {
      try {
        return switch (this) {
          case HAPROXY ->
              haproxy(
                  "haproxy.cfg", folder, servers, Map.of("CERTIFICATE", pem(folder, authority)));
          case HAPROXY_TCP ->
              haproxy(
                  "haproxy-tcp.cfg",
                  folder,
                  servers,
                  Map.of("CERTIFICATE", pem(folder, authority)));
          case HAPROXY_TCP_TLS_OF_SERVERS ->
              haproxy(
                  "haproxy-tcp.cfg",
                  folder,
                  servers,
                  Map.of("GATEWAY_CA", authority.certificate()));
          case NGINX -> nginx(folder, servers, authority);
        };
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Process process;
  private final Path log;
  private final int port;

  private RealBalancer(ProcessBuilder builder, Path log, int port) throws IOException {
    this.process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    this.log = log;
    this.port = port;
    Await.until(
        "the balancer listens",
        () -> {
          assertThat(process.isAlive()).as("it runs: %s", log()).isTrue();
          return isOpen(port);
        });
  }

  private static TestAuthority.Issued certificate(TestAuthority authority) {
    return authority.issue("localhost", "dns:localhost,ip:127.0.0.1");
  }

  /** A certificate and its key in one file. */
  private static Path pem(Path folder, TestAuthority authority) throws IOException {
    TestAuthority.Issued issued = certificate(authority);
    return Files.writeString(
        folder.resolve("haproxy.pem"),
        Files.readString(issued.certificate()) + Files.readString(issued.key()));
  }

  private static RealBalancer haproxy(
      String file, Path folder, List<Integer> servers, Map<String, Path> more) throws IOException {
    int port = BusyShop.freePorts(1).getFirst();
    ProcessBuilder builder =
        new ProcessBuilder(
            installed("haproxy").toString(), "-db", "-f", DeployFolder.file(file).toString());
    Map<String, String> environment = builder.environment();
    environment.put("LISTEN", "127.0.0.1:" + port);
    more.forEach((name, path) -> environment.put(name, path.toString()));
    for (int i = 0; i < servers.size(); i++) {
      environment.put("GATEWAY_" + (i + 1), "127.0.0.1:" + servers.get(i));
    }
    return new RealBalancer(builder, folder.resolve("haproxy.log"), port);
  }

  private static RealBalancer nginx(Path folder, List<Integer> servers, TestAuthority authority)
      throws IOException {
    TestAuthority.Issued issued = certificate(authority);
    int port = BusyShop.freePorts(1).getFirst();
    Path own = Files.createDirectories(folder.resolve("orderwire"));
    Files.copy(DeployFolder.file("nginx/orderwire.conf"), folder.resolve("orderwire.conf"));
    // The lines of the examples, with the addresses and files of this site.
    String server =
        DeployFolder.text("nginx/orderwire/gateways.conf")
            .lines()
            .filter(line -> line.startsWith("server "))
            .findFirst()
            .orElseThrow();
    Files.writeString(
        own.resolve("gateways.conf"),
        servers.stream()
            .map(each -> server.replaceFirst("10\\.[0-9.]+:8000", "127.0.0.1:" + each) + "\n")
            .collect(Collectors.joining()));
    Files.writeString(
        own.resolve("site.conf"),
        DeployFolder.text("nginx/orderwire/site.conf")
            .replace("listen 443 ", "listen 127.0.0.1:" + port + " ")
            .replace("/etc/nginx/orderwire/fullchain.pem", issued.certificate().toString())
            .replace("/etc/nginx/orderwire/privkey.pem", issued.key().toString())
            .replace("/var/log/nginx/orderwire.log", folder.resolve("access.log").toString()));
    Path main = folder.resolve("nginx.conf");
    String folders =
        Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            .map(each -> "  %s_temp_path %s;\n".formatted(each, folder.resolve(each)))
            .collect(Collectors.joining());
    Files.writeString(
        main,
        """
        daemon off;
        pid %s;
        error_log stderr notice;
        events {
          worker_connections 1000;
        }
        http {
        %s  include orderwire.conf;
        }
        """
            .formatted(folder.resolve("pid"), folders));
    return new RealBalancer(
        new ProcessBuilder(
            installed("nginx").toString(), "-p", folder.toString(), "-c", main.toString()),
        folder.resolve("nginx.log"),
        port);
  }

  private static Path installed(String program) {
    List<Path> found =
        Stream.of("/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin")
            .map(each -> Path.of(each, program))
            .filter(Files::isExecutable)
            .toList();
    assumeThat(found).as("it is installed: apt-get install %s", program).isNotEmpty();
    return found.getFirst();
  }

  private static boolean isOpen(int port) {
    try (Socket _ = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  /** What it has said so far. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
