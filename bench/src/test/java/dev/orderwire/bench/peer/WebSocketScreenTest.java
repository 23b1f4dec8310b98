package dev.orderwire.bench.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WebSocketScreenTest {
  private static final String SNAPSHOT =
      "{\"type\":\"snapshot\",\"rows\":[{\"id\":1}],\"done\":true}";
  private static final String CHANGES =
      "{\"type\":\"changes\",\"changes\":[{\"id\":1},{\"id\":2}]}";

  @ParameterizedTest
  @ValueSource(strings = {"permessage-deflate", "permessage-deflate; server_no_context_takeover"})
  void deflatedMessagesAreReadWithAndWithoutContextTakeover(String accepted) throws Exception {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    byte[] head = head("Sec-WebSocket-Extensions: " + accepted + "\r\n");
    byte[] snapshot = deflated(deflater, SNAPSHOT, accepted);
    byte[] first = deflated(deflater, CHANGES, accepted);
    byte[] second = deflated(deflater, CHANGES, accepted);
    try (ScriptedServer server = new ScriptedServer(true, head, snapshot, first, second)) {
      WebSocketScreen screen = server.screen.call();
      screen.awaitChanges(4);
      assertThat(screen.compressed()).isTrue();
      assertThat(server.request.get()).contains("Sec-WebSocket-Extensions: permessage-deflate");
      assertThat(screen.bytes())
          .isEqualTo(
              server.request.get().length()
                  + head.length
                  + snapshot.length
                  + first.length
                  + second.length);
    }
  }

  @Test
  void aPingBetweenTheFramesOfAMessageIsAnswered() throws Exception {
    byte[] begin = frame(0x01, SNAPSHOT.substring(0, 10).getBytes(US_ASCII));
    byte[] ping = frame(0x89, new byte[] {7});
    byte[] end = frame(0x80, SNAPSHOT.substring(10).getBytes(US_ASCII));
    try (ScriptedServer server = new ScriptedServer(false, head(""), begin, ping, end)) {
      WebSocketScreen screen = server.screen.call();
      assertThat(screen.compressed()).isFalse();
      assertThat(server.request.get()).doesNotContain("Sec-WebSocket-Extensions");
      assertThat(server.client.getInputStream().readNBytes(7))
          .containsExactly(0x8a, 0x81, 0, 0, 0, 0, 7);
    }
  }

  @Test
  void duplicateChangesAreAnError() throws Exception {
    byte[] changes = frame(0x81, CHANGES.getBytes(US_ASCII));
    byte[] snapshot = frame(0x81, SNAPSHOT.getBytes(US_ASCII));
    try (ScriptedServer server = new ScriptedServer(false, head(""), snapshot, changes, changes)) {
      WebSocketScreen screen = server.screen.call();
      assertThatThrownBy(() -> screen.awaitChanges(3)).hasMessage("expected 3 changes, received 4");
    }
  }

  /** Accepts one client, and sends it the given bytes. */
  private static final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final Callable<WebSocketScreen> screen;
    private final FutureTask<String> request;
    private Socket client = new Socket();

    ScriptedServer(boolean deflate, byte[]... script) throws IOException {
      URI uri = URI.create("ws://127.0.0.1:" + listening.getLocalPort());
      screen = () -> WebSocketScreen.open(uri, deflate);
      request =
          new FutureTask<>(() -> {
            client = listening.accept();
            StringBuilder read = new StringBuilder();
            while (read.indexOf("\r\n\r\n") < 0) {
              int next = client.getInputStream().read();
              if (next < 0) {
                throw new EOFException("the client left in its request");
              }
              read.append((char) next);
            }
            OutputStream out = client.getOutputStream();
            for (byte[] bytes : script) {
              out.write(bytes);
            }
            return read.toString();
          });
      Thread.ofVirtual().start(request);
    }

    @Override
    public void close() throws IOException {
      client.close();
      listening.close();
    }
  }

  private static byte[] head(String headers) {
    return ("HTTP/1.1 101 Switching Protocols\r\n" + headers + "\r\n").getBytes(US_ASCII);
  }

  private static byte[] frame(int first, byte[] payload) {
    byte[] frame = new byte[2 + payload.length];
    frame[0] = (byte) first;
    frame[1] = (byte) payload.length;
    System.arraycopy(payload, 0, frame, 2, payload.length);
    return frame;
  }

  /** A frame as in RFC 7692: without the last four bytes of a flush. */
  private static byte[] deflated(Deflater deflater, String text, String accepted) {
    if (accepted.contains("no_context_takeover")) {
      deflater.reset();
    }
    deflater.setInput(text.getBytes(US_ASCII));
    byte[] buffer = new byte[512];
    int length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.write(buffer, 0, length - 4);
    return frame(0xc1, payload.toByteArray());
  }
}
