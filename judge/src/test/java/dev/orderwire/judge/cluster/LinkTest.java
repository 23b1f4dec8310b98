package dev.orderwire.judge.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LinkTest {
  private static final int LARGE = 3_000_000;

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final AtomicInteger target = new AtomicInteger(server.getLocalPort());
  private final Link link = new Link(_ -> target.get());

  LinkTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    link.close();
    server.close();
  }

  private Socket connect() throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), link.port());
    client.setSoTimeout(10_000);
    return client;
  }

  private static void assertReset(Socket client) {
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Test
  void allBytesArriveBeforeAnEndInOrder() throws IOException {
    try (Socket client = connect();
        Socket there = server.accept()) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              there.getOutputStream().write(new byte[LARGE]);
              there.shutdownOutput();
            } catch (IOException e) {
              // The client misses the bytes.
            }
          });
      assertThat(client.getInputStream().readAllBytes()).hasSize(LARGE);
      client.getOutputStream().write(7);
      assertThat(there.getInputStream().read()).isEqualTo(7);
      client.shutdownOutput();
      assertThat(there.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aLostSideIsLostForTheOther() throws IOException {
    try (Socket client = connect();
        Socket there = server.accept()) {
      client.getOutputStream().write(7);
      there.getInputStream().read();
      reset(there);
      assertReset(client);
    }
  }

  @Test
  void aCutResetsConnectionsUntilItIsHealed() throws IOException {
    try (Socket client = connect();
        Socket there = server.accept()) {
      client.getOutputStream().write(7);
      there.getInputStream().read();
      link.cut();
      assertReset(client);
      try (Socket refused = connect()) {
        assertReset(refused);
      }
    }
    link.heal();
    try (Socket client = connect();
        Socket there = server.accept()) {
      client.getOutputStream().write(8);
      assertThat(there.getInputStream().read()).isEqualTo(8);
    }
  }

  @Test
  void bytesOfASilentLinkArriveOnceItIsHealed() throws IOException {
    try (Socket client = connect();
        Socket there = server.accept()) {
      link.silence();
      client.getOutputStream().write(7);
      there.setSoTimeout(300);
      assertThatThrownBy(() -> there.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      link.heal();
      there.setSoTimeout(10_000);
      assertThat(there.getInputStream().read()).isEqualTo(7);
    }
  }

  @Test
  void aConnectionWithoutATargetIsReset() throws IOException {
    target.set(Link.Target.NONE);
    try (Socket client = connect()) {
      assertReset(client);
    }
  }
}
