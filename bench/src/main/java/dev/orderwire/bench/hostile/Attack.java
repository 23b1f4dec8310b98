package dev.orderwire.bench.hostile;

import dev.orderwire.bench.load.ClientFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.Deflater;

/** What a hostile client does. Each attempt is on a new connection. */
public enum Attack {
  SLOW_REQUEST_LINE,
  SLOW_HEADERS,
  HALF_OPEN,
  STALLED_WEBSOCKET,
  STALLED_ANSWER,
  CONNECTION_FLOOD,
  FRAME_FLOOD,
  MESSAGE_FLOOD,
  FRAGMENTS,
  RESERVED_BITS,
  INVALID_UTF8,
  COMPRESSION_BOMB,
  HUGE_IN_LIST,
  DEEP_NESTING,
  OVERSIZED_MESSAGE,
  OVERSIZED_HEADERS,
  OVERSIZED_URL,
  FILTER_PROBING,
  FORGED_TOKEN,
  SNAPSHOT_FLOOD,
  SUBSCRIPTION_FLOOD;

  private static final Duration A_WHILE = Duration.ofSeconds(1);
  private static final String ROWS = "/api/tables/orders/rows?limit=10000";
  private static final int PING = 0x89;
  private static final int LONGEST_PING = 125;
  private static final int FIRST_FRAGMENT = 0x01;
  private static final int NEXT_FRAGMENT = 0x00;
  private static final int DEFLATED = 0x40;

  /** Some 60,000 bytes, which become 60 million. */
  private static final byte[] BOMB = deflated(new byte[60_000_000]);

  private interface Sending {
    void send() throws IOException;
  }

  /** The name for reports: {@code slow request line}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /**
   * Attacks on a new connection, and returns what the server answered.
   *
   * @param token a valid one, of a client that sees all rows, but not all columns
   */
  String on(HostileSocket socket, String token) throws IOException {
    return switch (this) {
      case SLOW_REQUEST_LINE -> {
        socket.send("GET /ws");
        yield socket.drip("a", A_WHILE);
      }
      case SLOW_HEADERS -> {
        socket.send("GET /ws HTTP/1.1\r\nHost: localhost\r\n");
        yield socket.drip("X-More: a\r\n", A_WHILE);
      }
      case HALF_OPEN -> socket.answerAtLast();
      case STALLED_WEBSOCKET -> {
        String refused = socket.upgrade(token, "");
        if (!refused.isEmpty()) {
          yield refused;
        }
        socket.text("{\"type\":\"subscribe\",\"snapshot\":true}");
        yield socket.stall();
      }
      case STALLED_ANSWER -> {
        socket.request(ROWS, token, "");
        yield socket.stall();
      }
      case CONNECTION_FLOOD -> {
        for (int i = 0; i < 20; i++) {
          try (HostileSocket more = socket.another()) {
            more.send("G");
          }
        }
        yield get(socket, "/api/tables", token, "");
      }
      case FRAME_FLOOD ->
          explicit(
              socket,
              token,
              () -> socket.send(times(ClientFrames.frame(PING, new byte[LONGEST_PING]), 1_000)));
      case MESSAGE_FLOOD -> explicit(socket, token, () -> socket.send(messages(200)));
      case FRAGMENTS ->
          explicit(
              socket,
              token,
              () -> {
                socket.frame(FIRST_FRAGMENT, new byte[] {'"'});
                socket.send(times(ClientFrames.frame(NEXT_FRAGMENT, new byte[] {'a'}), 5_000));
              });
      case RESERVED_BITS ->
          explicit(
              socket,
              token,
              () -> socket.frame(oneOf(List.of(0xb1, 0x91, 0xf9, 0x83, 0x8b, 0x8f)), new byte[4]));
      case INVALID_UTF8 ->
          explicit(
              socket,
              token,
              () ->
                  socket.frame(
                      ClientFrames.LAST_TEXT,
                      new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}));
      case COMPRESSION_BOMB -> {
        String refused = socket.upgrade(token, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        if (!refused.isEmpty()) {
          yield refused;
        }
        socket.frame(ClientFrames.LAST_TEXT | DEFLATED, BOMB);
        yield socket.reaction();
      }
      case HUGE_IN_LIST ->
          explicit(
              socket,
              token,
              () -> {
                socket.text(subscribe(list(9_000)));
                for (int i = 0; i < 10; i++) {
                  socket.text(subscribe(list(1_000)));
                }
              });
      case DEEP_NESTING ->
          explicit(
              socket,
              token,
              () -> {
                socket.text("[".repeat(30_000));
                socket.text(subscribe("{\"not\":".repeat(400) + "{}" + "}".repeat(400)));
                socket.text(subscribe("{\"or\":[" + "{\"and\":[{}]},".repeat(3_000) + "{}]}"));
              });
      case OVERSIZED_MESSAGE ->
          explicit(socket, token, () -> socket.frame(ClientFrames.LAST_TEXT, new byte[1 << 20]));
      case OVERSIZED_HEADERS ->
          get(socket, "/api/tables", token, "X-Large: " + "a".repeat(100_000) + "\r\n");
      case OVERSIZED_URL -> get(socket, "/api/tables?" + "a".repeat(100_000), token, "");
      case FILTER_PROBING -> {
        String operator = oneOf(List.of("eq", "gte", "lt", "in", "null", "like", "$gt"));
        String where = "{\"amount\":{\"%s\":%d}}".formatted(operator, random());
        yield get(socket, ROWS + "&where=" + encoded(where), token, "");
      }
      case FORGED_TOKEN -> get(socket, ROWS, forged(token), "");
      case SNAPSHOT_FLOOD -> get(socket, ROWS + "&where=" + encoded(mostRows()), token, "");
      case SUBSCRIPTION_FLOOD ->
          explicit(
              socket,
              token,
              () -> {
                for (int i = 0; i < 20; i++) {
                  socket.text(
                      "{\"type\":\"subscribe\",\"snapshot\":true,\"where\":" + mostRows() + "}");
                }
              });
    };
  }

  private static String get(HostileSocket socket, String path, String token, String headers)
      throws IOException {
    socket.request(path, token, headers);
    return socket.answer();
  }

  private static String explicit(HostileSocket socket, String token, Sending sending)
      throws IOException {
    String refused = socket.upgrade(token, "");
    if (!refused.isEmpty()) {
      return refused;
    }
    sending.send();
    return socket.reaction();
  }

  private static byte[] messages(int count) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      ClientFrames.text(all, subscribe("{\"id\":" + random() + "}"));
      ClientFrames.text(all, "{\"type\":\"ping\"}");
    }
    return all.toByteArray();
  }

  private static String subscribe(String where) {
    return "{\"type\":\"subscribe\",\"where\":" + where + "}";
  }

  /** A condition that nearly all rows match, and that no other view has. */
  private static String mostRows() {
    return "{\"id\":{\"gt\":-" + random() + "}}";
  }

  private static String list(int values) {
    return IntStream.range(0, values)
        .mapToObj(_ -> String.valueOf(random() % 100_000))
        .collect(Collectors.joining(",", "{\"id\":{\"in\":[", "]}}"));
  }

  /** A token whose signature is another one, or none. */
  private static String forged(String token) {
    int signature = token.lastIndexOf('.') + 1;
    String other = new StringBuilder(token.substring(signature)).reverse().toString();
    return token.substring(0, signature) + oneOf(List.of("", other, other + "."));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static int random() {
    return ThreadLocalRandom.current().nextInt(1, 1_000_000_000);
  }

  private static <T> T oneOf(List<T> all) {
    return all.get(ThreadLocalRandom.current().nextInt(all.size()));
  }

  private static byte[] times(byte[] bytes, int count) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(bytes.length * count);
    for (int i = 0; i < count; i++) {
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  private static byte[] deflated(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(bytes);
    deflater.finish();
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    byte[] part = new byte[8_192];
    while (!deflater.finished()) {
      to.write(part, 0, deflater.deflate(part));
    }
    deflater.end();
    return to.toByteArray();
  }
}
