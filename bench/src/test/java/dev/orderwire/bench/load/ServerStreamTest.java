package dev.orderwire.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerStreamTest {
  private static final int MESSAGES = 40;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 15, 16, 17, 44, 45, 46, 61, 64, 127, 128, 1_000, 1_000_000})
  void inPiecesOfAnySizeEachStampIsFoundOnce(int piece) {
    byte[] stream = stream();
    Seen seen = new Seen();
    ServerStream reading = new ServerStream(seen);
    ByteBuffer buffer = ByteBuffer.allocate(stream.length + 1_000);
    for (int at = 0; at < stream.length; at += piece) {
      reading.begin(buffer);
      buffer.put(stream, at, Math.min(piece, stream.length - at));
      reading.take(buffer);
    }
    List<Integer> expected = new ArrayList<>();
    for (int number = 0; number < 3 * MESSAGES; number++) {
      expected.add(number);
    }
    assertThat(seen.numbers).isEqualTo(expected);
    assertThat(seen.times).containsOnly(FakeServer.TIME);
    assertThat(seen.positions).hasSize(1 + MESSAGES).startsWith("x").endsWith("p");
    assertThat(seen.pings).isEqualTo(MESSAGES);
    assertThat(seen.subscribed).isEqualTo(1);
    assertThat(seen.wholeMessages).isEqualTo(3 + MESSAGES);
    assertThat(seen.snapshots).isEqualTo(1);
    assertThat(seen.status).isEqualTo("HTTP/1.1 101 Switching Protocols");
    assertThat(seen.end).isEqualTo("1001 bye");
  }

  @Test
  void onlyWholeFramesCountInAStreamThatEndsAtAnyByte() {
    List<byte[]> frames =
        List.of(
            "HTTP/1.1 101 Switching Protocols\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            FakeServer.message("{\"type\":\"position\",\"position\":\"a\"}"),
            FakeServer.changes(List.of(FakeServer.insert(0)), "b"),
            withLongLength("{\"type\":\"changes\",\"changes\":[],\"position\":\"c\"}"),
            new byte[] {(byte) 0x89, 2, 'h', 'i'},
            new byte[] {(byte) 0x88, 5, 0x03, (byte) 0xe9, 'b', 'y', 'e'});
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    List<Integer> ends = new ArrayList<>();
    for (byte[] frame : frames) {
      stream.writeBytes(frame);
      ends.add(stream.size());
    }
    for (int length = 0; length <= stream.size(); length++) {
      Seen seen = new Seen();
      ServerStream reading = new ServerStream(seen);
      ByteBuffer buffer = ByteBuffer.allocate(stream.size());
      reading.begin(buffer);
      buffer.put(stream.toByteArray(), 0, length);
      reading.take(buffer);
      int cut = length;
      int whole = (int) ends.stream().filter(end -> end <= cut).count();
      String expected =
          "%s, positions %s, %d messages, %d pings, end '%s'"
              .formatted(
                  whole > 0 ? "answered" : "",
                  List.of("a", "b", "c").subList(0, Math.clamp(whole - 1, 0, 3)),
                  Math.clamp(whole - 1, 0, 3),
                  whole > 4 ? 1 : 0,
                  whole > 5 ? "1001 bye" : "");
      assertThat(
              "%s, positions %s, %d messages, %d pings, end '%s'"
                  .formatted(
                      seen.status.isEmpty() ? "" : "answered",
                      seen.positions,
                      seen.wholeMessages,
                      seen.pings,
                      seen.end))
          .as("cut after %d of %d bytes", length, stream.size())
          .isEqualTo(expected);
    }
  }

  /** A frame that encodes a short length in eight bytes. */
  private static byte[] withLongLength(String text) {
    return ByteBuffer.allocate(10 + text.length())
        .put((byte) 0x81)
        .put((byte) 127)
        .putLong(text.length())
        .put(text.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  private static byte[] stream() {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    stream.writeBytes(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII));
    stream.writeBytes(FakeServer.message("{\"type\":\"subscribed\",\"view\":\"v\"}"));
    stream.writeBytes(FakeServer.message("{\"type\":\"snapshot\",\"rows\":[],\"done\":false}"));
    stream.writeBytes(
        FakeServer.message("{\"type\":\"snapshot\",\"rows\":[],\"done\":true,\"position\":\"x\"}"));
    for (int message = 0; message < MESSAGES; message++) {
      int number = 3 * message;
      stream.writeBytes(
          FakeServer.changes(
              List.of(
                  // Of growing length, so that stamps lie at every distance.
                  "\"" + "~x".repeat(message) + "\"",
                  FakeServer.insert(number),
                  FakeServer.insert(number + 1),
                  FakeServer.update(number + 2, number + 1))));
      stream.writeBytes(new byte[] {(byte) 0x89, 2, 'h', 'i'});
    }
    stream.writeBytes(new byte[] {(byte) 0x88, 5, 0x03, (byte) 0xe9, 'b', 'y', 'e'});
    return stream.toByteArray();
  }

  private static final class Seen implements ServerStream.Listener {
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final List<String> positions = new ArrayList<>();
    private String status = "";
    private String end = "";
    private int pings;
    private int wholeMessages;
    private int subscribed;
    private int snapshots;

    @Override
    public void found(long nanos, int number) {
      times.add(nanos);
      numbers.add(number);
    }

    @Override
    public void answered(String line) {
      status = line;
    }

    @Override
    public void message(ServerStream.Kind kind) {}

    @Override
    public void whole() {
      wholeMessages++;
    }

    @Override
    public void subscribed() {
      subscribed++;
    }

    @Override
    public void position(ByteBuffer bytes, int at, int length) {
      byte[] position = new byte[length];
      bytes.get(at, position);
      positions.add(new String(position, StandardCharsets.US_ASCII));
    }

    @Override
    public void snapshotDone() {
      snapshots++;
    }

    @Override
    public void error(String message) {
      throw new AssertionError(message);
    }

    @Override
    public void ping(ByteBuffer bytes, int at, int length) {
      assertThat(length).isEqualTo(2);
      assertThat(bytes.get(at)).isEqualTo((byte) 'h');
      pings++;
    }

    @Override
    public void closing(String reason) {
      end = reason;
    }
  }
}
