package dev.orderwire.judge.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.orderwire.judge.client.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class BalancerTest {
  @TempDir private Path folder;

  /** A server that says whether it is ready, and its name for every other request. */
  private static final class Named implements Endpoint, AutoCloseable {
    private final HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    private volatile boolean ready;

    Named(String name) throws IOException {
      http.createContext(
          "/health/ready",
          exchange -> {
            exchange.sendResponseHeaders(ready ? 200 : 503, -1);
            exchange.close();
          });
      http.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(name.getBytes(UTF_8));
            exchange.close();
          });
      http.start();
    }

    @Override
    public int port() {
      return http.getAddress().getPort();
    }

    @Override
    public void close() {
      http.stop(0);
    }
  }

  /** The name of the server that answers, or nothing. */
  private static String ask(Balancer balancer) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), balancer.port())) {
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      return answer.substring(answer.length() - 1);
    } catch (IOException e) {
      return "";
    }
  }

  private static void awaitAnswer(Balancer balancer, String name) throws InterruptedException {
    while (!ask(balancer).equals(name)) {
      Thread.sleep(10);
    }
  }

  @Test
  void connectionsGoToAnyServerThatIsReady() throws Exception {
    try (Named a = new Named("a");
        Named b = new Named("b");
        Balancer balancer = new Balancer(1, List.of(a, b), folder)) {
      assertThat(ask(balancer)).isEmpty();
      b.ready = true;
      awaitAnswer(balancer, "b");
      for (int i = 0; i < 20; i++) {
        assertThat(ask(balancer)).isEqualTo("b");
      }
      a.ready = true;
      awaitAnswer(balancer, "a");
      awaitAnswer(balancer, "b");
      a.ready = false;
      b.ready = false;
      awaitAnswer(balancer, "");
    }
    assertThat(Files.readString(folder.resolve("balancer.log")))
        .contains(": no server\n")
        .contains(": dev.orderwire.judge.cluster.BalancerTest$Named");
  }
}
