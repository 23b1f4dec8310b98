package dev.orderwire.cli.client;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket server that runs one script for each connection, in order. For faults that a real
 * server does not produce on demand.
 */
final class ScriptedServer implements AutoCloseable {
  /** The server's side of one connection. */
  interface Script {
    void run(Connection connection) throws Exception;
  }

  private final ServerSocket server;
  private final CompletableFuture<Void> played = new CompletableFuture<>();

  ScriptedServer(Script... scripts) throws IOException {
    server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().start(() -> play(List.of(scripts).iterator()));
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:%d/ws".formatted(server.getLocalPort()));
  }

  private void play(Iterator<Script> scripts) {
    try {
      while (scripts.hasNext()) {
        try (Socket socket = server.accept()) {
          scripts.next().run(new Connection(socket));
        }
      }
      played.complete(null);
    } catch (Exception | AssertionError e) {
      played.completeExceptionally(e);
    }
  }

  /** Waits for the end of all scripts; fails if one of them failed. */
  void awaitEnd() throws Exception {
    played.get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /** The connection of one client. */
  static final class Connection {
    private final DataInputStream in;
    private final DataOutputStream out;

    private Connection(Socket socket) throws IOException {
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
    }

    /** Answers the handshake, and returns the first line of the request. */
    String open() throws IOException, GeneralSecurityException {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII), 1);
      String request = lines.readLine();
      String key = "";
      for (String line = lines.readLine(); !line.isEmpty(); line = lines.readLine()) {
        if (line.toLowerCase(java.util.Locale.ROOT).startsWith("sec-websocket-key:")) {
          key = line.substring(line.indexOf(':') + 1).strip();
        }
      }
      byte[] accepted =
          MessageDigest.getInstance("SHA-1")
              .digest(
                  (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                      .getBytes(StandardCharsets.US_ASCII));
      answer(
          "101 Switching Protocols",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Protocol: orderwire.v1",
          "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(accepted));
      return request;
    }

    /** Answers the request with a status and headers. */
    void answer(String status, String... headers) throws IOException {
      String head = "HTTP/1.1 " + status + "\r\n" + String.join("\r\n", headers);
      out.write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }

    /** Reads the next text message of the client. */
    String receive() throws IOException {
      while (true) {
        int opcode = in.readUnsignedByte() & 0xf;
        int length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
          length = in.readUnsignedShort();
        }
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < payload.length; i++) {
          payload[i] ^= mask[i % 4];
        }
        if (opcode == 1) {
          return new String(payload, StandardCharsets.UTF_8);
        }
      }
    }

    void send(String text) throws IOException {
      frame(1, text.getBytes(StandardCharsets.UTF_8));
    }

    void close(int code, String reason) throws IOException {
      byte[] text = reason.getBytes(StandardCharsets.UTF_8);
      frame(8, ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
    }

    private void frame(int opcode, byte[] payload) throws IOException {
      out.writeByte(0x80 | opcode);
      if (payload.length < 126) {
        out.writeByte(payload.length);
      } else {
        out.writeByte(126);
        out.writeShort(payload.length);
      }
      out.write(payload);
      out.flush();
    }

    /** Waits until the client disconnects. */
    void awaitEnd() throws IOException {
      in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
