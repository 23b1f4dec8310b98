package dev.orderwire.bench.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class HostileLoadTest {
  @TempDir private Path folder;

  /** The addresses of all who connected. */
  private final Set<InetAddress> seen = ConcurrentHashMap.newKeySet();

  /** A server that refuses everybody at once. */
  private void refuse(ServerSocket listening) {
    try {
      while (true) {
        refuse(listening.accept());
      }
    } catch (IOException e) {
      // The end of the test closes the socket.
    }
  }

  private void refuse(Socket accepted) {
    try (Socket client = accepted) {
      seen.add(client.getInetAddress());
      client.getOutputStream().write("HTTP/1.1 429 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // Some attackers are gone at once.
    }
  }

  @Test
  void everyHostRunsEveryAttackUntilItIsStopped() throws Exception {
    Path tokens = Files.writeString(folder.resolve("tokens"), "a.b.c\nd.e.f\n");
    try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        HostileLoad load = HostileLoad.start(folder.resolve("hostile.log"))) {
      Thread.ofVirtual().start(() -> refuse(listening));
      URI uri = URI.create("ws://127.0.0.1:" + listening.getLocalPort() + "/ws");
      Tally all = new Tally();
      while (!everyAttackWasTried(all) || !all.answers(Attack.HALF_OPEN).contains("HTTP 429")) {
        load.attack(uri, 2, 400, EnumSet.allOf(Attack.class), tokens);
        Thread.sleep(500);
        all.add(load.stop());
      }
      assertThat(all.refused()).isPositive().isLessThanOrEqualTo(all.attempts());
    }
    assertThat(seen).hasSize(2);
  }

  private static boolean everyAttackWasTried(Tally tally) {
    for (Attack attack : Attack.values()) {
      if (tally.attempts(attack) == 0) {
        return false;
      }
    }
    return true;
  }

  @Test
  void anotherConnectionComesFromTheSameAddressAfterTheFirstWasClosed() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      InetSocketAddress server =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort());
      InetAddress source = InetAddress.getByName("127.2.0.1");
      HostileSocket first = HostileSocket.connect(server, new InetSocketAddress(source, 0));
      first.close();
      try (HostileSocket _ = first.another();
          Socket firstAccepted = listening.accept();
          Socket accepted = listening.accept()) {
        assertThat(firstAccepted.getInetAddress()).isEqualTo(source);
        assertThat(accepted.getInetAddress()).isEqualTo(source);
      }
    }
  }

  @Test
  void aTallyIsReadAsItWasWritten() {
    Tally tally = new Tally();
    tally.add(Attack.FRAGMENTS, "close 1002", 3);
    tally.add(Attack.FRAGMENTS, HostileSocket.OPEN, 4);
    tally.add(Attack.HALF_OPEN, HostileSocket.CUT_OFF, 1);
    Tally read = Tally.read(tally.line());
    assertThat(read.line()).isEqualTo(tally.line());
    assertThat(read.attempts()).isEqualTo(8);
    assertThat(read.refused()).isEqualTo(4);
    assertThat(read.answers(Attack.FRAGMENTS)).isEqualTo("left open: 4, close 1002: 3");
  }
}
