package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.inserts;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.gateway.protocol.Deflate;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.RawSocket.WsFrame;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCounted;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(FailOnLeak.class)
class DeflateTest {
  private static final int TEXT = 0x81;
  private static final int DEFLATED = 0x40;

  private final FeedGateway gateway = new FeedGateway(Map.of(Limit.MESSAGE_BYTES, 5_000L));

  @AfterEach
  void close() {
    gateway.close();
  }

  private RawSocket connect(String path, String... headers) {
    return RawSocket.connect(gateway.address).upgrade(path, headers);
  }

  private RawSocket deflating(String path, String... headers) {
    String[] all = Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";
    return connect(path, all);
  }

  private static WsFrame next(RawSocket client, String type) {
    WsFrame frame = client.readFrame();
    while (!frame.text().contains("\"type\":\"" + type + "\"")) {
      frame = client.readFrame();
    }
    return frame;
  }

  private static byte[] deflate(String text) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
    byte[] all = new byte[text.length() + 100];
    int length = deflater.deflate(all, 0, all.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(all, length - 4);
  }

  @Test
  void clientsThatOfferCompressionGetItAndOthersGetTheSameText() {
    try (RawSocket plain = connect("/ws");
        RawSocket deflating = deflating("/ws")) {
      next(plain, "subscribed");
      WsFrame subscribed = next(deflating, "subscribed");
      gateway.append(inserts(101, 140).toArray(Change[]::new));
      WsFrame one = next(plain, "changes");
      WsFrame other = next(deflating, "changes");
      assertThat(other.text()).isEqualTo(one.text());
      assertThat(one.deflated()).isFalse();
      assertThat(other.deflated()).isTrue();
      assertThat(other.length()).isLessThan(one.length() / 4);
      // Messages for a single client are not compressed.
      assertThat(subscribed.deflated()).isFalse();
    }
  }

  /** Without context takeover each message stands for itself. */
  @Test
  void eachMessageIsCompressedIndependently() {
    try (RawSocket deflating = deflating("/ws")) {
      next(deflating, "subscribed");
      for (long id = 101; id < 120; id++) {
        gateway.append(insert(id, order(id, "é😀".repeat(40), "pending")));
        WsFrame changes = next(deflating, "changes");
        assertThat(changes.deflated()).isTrue();
        assertThat(changes.text()).contains("\"id\":" + id).contains("é😀");
      }
    }
  }

  @Test
  void compressedClientMessagesAreReadInOneFrameOrInMany() {
    try (RawSocket client = deflating("/ws", "Sec-WebSocket-Protocol: orderwire.v1")) {
      next(client, "welcome");
      byte[] ping = deflate("{\"type\":\"ping\",\"ref\":\"one\"}");
      client.sendFrame(TEXT | DEFLATED, ping);
      assertThat(next(client, "pong").text()).contains("one");
      client.sendFrame(0x01 | DEFLATED, Arrays.copyOf(ping, 10));
      client.sendFrame(0x80, Arrays.copyOfRange(ping, 10, ping.length));
      assertThat(next(client, "pong").text()).contains("one");
      client.sendFrame(
          TEXT, "{\"type\":\"ping\",\"ref\":\"two\"}".getBytes(StandardCharsets.UTF_8));
      assertThat(next(client, "pong").text()).contains("two");
    }
  }

  /** A few kilobytes can be made to hold gigabytes. */
  @Test
  void decompressionStopsAtTheMessageLimit() {
    try (RawSocket client = deflating("/ws", "Sec-WebSocket-Protocol: orderwire.v1")) {
      String bomb = "{\"type\":\"ping\",\"ref\":\"" + "x".repeat(3_000_000) + "\"}";
      byte[] compressed = deflate(bomb);
      assertThat(compressed.length).isLessThan(5_000);
      client.sendFrame(TEXT | DEFLATED, compressed);
      assertThat(client.readCloseCode()).isEqualTo(4413);
    }
  }

  @Test
  void invalidCompressedDataIsAProtocolError() {
    try (RawSocket client = deflating("/ws")) {
      client.sendFrame(TEXT | DEFLATED, "not at all".getBytes(StandardCharsets.UTF_8));
      assertThat(client.readCloseCode()).isEqualTo(1002);
    }
    try (RawSocket client = deflating("/ws")) {
      client.sendFrame(TEXT | 0x20, new byte[] {'{', '}'});
      assertThat(client.readCloseCode()).isEqualTo(1002);
    }
    try (RawSocket client = connect("/ws")) {
      client.sendFrame(TEXT | DEFLATED, deflate("{}"));
      assertThat(client.readCloseCode()).isEqualTo(1002);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "permessage-deflate | true",
        "permessage-deflate; client_max_window_bits | true",
        "permessage-deflate;server_no_context_takeover ; client_max_window_bits=\"12\" | true",
        "Permessage-Deflate; server_max_window_bits=15 | true",
        "x-webkit-deflate-frame, permessage-deflate | true",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate | true",
        "permessage-deflate; server_max_window_bits=10 | false",
        "permessage-deflate; something | false",
        "permessage-bzip2 | false",
      })
  void onlyAcceptableOffersAreAccepted(String offer, boolean agreed) {
    assertThat(Deflate.isOffered(List.of(offer))).isEqualTo(agreed);
  }

  /** Even if the compressed bytes need more room than there was. */
  @Test
  void incompressibleBytesSurviveTheRoundTrip() {
    Random random = new Random(1);
    for (int size : new int[] {0, 1, 100, 8_187, 8_192, 100_000}) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      var plain = Unpooled.directBuffer().writeBytes(bytes);
      var deflated = Unpooled.directBuffer();
      Deflate.deflate(plain, deflated);
      var inflated = Objects.requireNonNull(Deflate.inflate(deflated, size));
      assertThat(ByteBufUtil.getBytes(inflated)).isEqualTo(bytes);
      if (size > 0) {
        assertThat(Deflate.inflate(deflated, size - 1)).isNull();
      }
      List.of(plain, deflated, inflated).forEach(ReferenceCounted::release);
    }
  }
}
