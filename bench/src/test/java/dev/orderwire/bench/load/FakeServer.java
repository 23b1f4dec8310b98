package dev.orderwire.bench.load;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;

/** A WebSocket server whose connections a test writes to itself. */
final class FakeServer implements AutoCloseable {
  /** The time in all its stamps. */
  static final long TIME = 1_234_567_890_123L;

  static final byte[] PING = {(byte) 0x89, 0};

  private final ServerSocket listening;
  private final String scheme;
  private final BlockingQueue<Socket> clients = new LinkedBlockingQueue<>();

  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> credentials = new LinkedBlockingQueue<>();
  private final List<String> greeting;

  /**
   * @param greeting the messages that each client receives after {@code subscribed}
   */
  FakeServer(String... greeting) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "ws", greeting);
  }

  /** A server that speaks TLS. */
  static FakeServer withTls(SSLContext tls) throws IOException {
    return new FakeServer(
        tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        "wss");
  }

  private FakeServer(ServerSocket listening, String scheme, String... greeting) {
    this.listening = listening;
    this.scheme = scheme;
    this.greeting = List.of(greeting);
    Thread.ofVirtual().start(this::accept);
  }

  URI uri() {
    return URI.create(scheme + "://127.0.0.1:" + listening.getLocalPort() + "/ws");
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        client.setTcpNoDelay(true);
        BufferedReader request =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        requests.add(request.readLine());
        request
            .lines()
            .takeWhile(line -> !line.isEmpty())
            .filter(line -> line.startsWith("Authorization: "))
            .forEach(credentials::add);
        OutputStream out = client.getOutputStream();
        out.write("HTTP/1.1 101 Switching Protocols\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.write(message("{\"type\":\"subscribed\",\"view\":\"v\"}"));
        for (String message : greeting) {
          out.write(message(message));
        }
        clients.add(client);
      }
    } catch (IOException e) {
      // close() closes the socket at the end of the test.
    }
  }

  /** The first line of the next client's request. */
  String request() throws InterruptedException {
    return requests.take();
  }

  /** The header of the next client that has said who it is. */
  String credential() throws InterruptedException {
    return credentials.take();
  }

  /** The connection of the next client. */
  Socket client() throws InterruptedException {
    return clients.take();
  }

  /** The change of an insert. */
  static String insert(int number) {
    return "{\"id\":7,\"op\":\"insert\",\"key\":{\"id\":9},\"row\":{\"id\":9,\"customer_name\":\""
        + Stamp.of(TIME, number)
        + "\",\"note\":\"~~~~~\"},\"old\":null}";
  }

  /** The change of an update, with the stamp that it replaced. */
  static String update(int number, int replaced) {
    return "{\"id\":8,\"op\":\"update\",\"key\":{\"id\":9},\"row\":{\"id\":9,\"customer_name\":\""
        + Stamp.of(TIME, number)
        + "\"},\"old\":{\"customer_name\":\""
        + Stamp.of(TIME, replaced)
        + "\",\"note\":\"\"}}";
  }

  static byte[] changes(List<String> changes) {
    return changes(changes, "p");
  }

  static byte[] changes(List<String> changes, String position) {
    return message(
        "{\"type\":\"changes\",\"changes\":["
            + String.join(",", changes)
            + "],\"position\":\""
            + position
            + "\"}");
  }

  static byte[] message(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0x81);
    if (bytes.length < 126) {
      frame.write(bytes.length);
    } else {
      frame.write(126);
      frame.write(bytes.length >> 8);
      frame.write(bytes.length);
    }
    frame.writeBytes(bytes);
    return frame.toByteArray();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    List<Socket> left = new ArrayList<>();
    clients.drainTo(left);
    for (Socket client : left) {
      client.close();
    }
  }
}
