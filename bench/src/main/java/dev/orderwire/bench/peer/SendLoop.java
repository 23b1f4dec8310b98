package dev.orderwire.bench.peer;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.orderwire.bench.load.Stamp;
import dev.orderwire.bench.rig.Pacer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A process that does only what every server must do: it calls {@code send} with a prepared frame
 * for one socket after the other. Its cost is the lower bound that a server is compared with. It
 * reads one command a line:
 *
 * <pre>
 * accept COUNT                         accepts so many clients; answers when all are connected
 * send ROUNDS PER_SECOND FIRST BYTES   sends so many frames to each; answers how many were refused
 * </pre>
 */
final class SendLoop {
  private static final String SUBSCRIBED = "{\"type\":\"subscribed\"}";
  private static final String HEAD = "{\"type\":\"changes\",\"filler\":\"";
  private static final String MIDDLE = "\",\"row\":{\"" + Stamp.COLUMN + "\":\"";
  private static final String TAIL = "\"}}";

  private final int listening = Libc.listen();
  private int[] sockets = {};

  private SendLoop() {}

  public static void main(String[] arguments) throws IOException {
    SendLoop loop = new SendLoop();
    System.out.println(Libc.port(loop.listening));
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "accept" -> loop.accept(Integer.parseInt(words[1]));
        case "send" ->
            loop.send(
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Integer.parseInt(words[4]));
        default -> System.out.println("failed: unknown command " + line);
      }
    }
  }

  private void accept(int count) {
    sockets = new int[count];
    byte[] subscribed = frame(SUBSCRIBED);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(4_096);
      MemorySegment answer =
          arena.allocateFrom(
              JAVA_BYTE,
              concat(
                  "HTTP/1.1 101 Switching Protocols\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                  subscribed));
      for (int i = 0; i < count; i++) {
        sockets[i] = Libc.accept(listening);
        // Does not wait long: a load generator sends its request as soon as it is connected.
        Libc.receive(sockets[i], request);
        if (!Libc.send(sockets[i], answer)) {
          throw new IllegalStateException("a new socket refused the answer to its handshake");
        }
      }
    }
    System.out.println("accepted");
  }

  private void send(int rounds, int perSecond, int first, int bytes) {
    long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long refused = 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment frame = arena.allocateFrom(JAVA_BYTE, frame(text(first, bytes)));
      long stampAt = frame.byteSize() - TAIL.length() - Stamp.LENGTH;
      long next = System.nanoTime();
      for (int round = 0; round < rounds; round++) {
        Pacer.await(next);
        next += interval;
        byte[] stamp = Stamp.of(first + round).getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(stamp, 0, frame, JAVA_BYTE, stampAt, stamp.length);
        for (int socket : sockets) {
          refused += Libc.send(socket, frame) ? 0 : 1;
        }
      }
    }
    System.out.println(refused);
  }

  /** A message for a frame of {@code bytes} bytes, or the shortest message that holds a stamp. */
  private static String text(int number, int bytes) {
    int header = bytes < 130 ? 2 : 4;
    int rest = HEAD.length() + MIDDLE.length() + Stamp.LENGTH + TAIL.length() + header;
    return HEAD + "x".repeat(Math.max(0, bytes - rest)) + MIDDLE + Stamp.of(number) + TAIL;
  }

  private static byte[] frame(String text) {
    byte[] body = text.getBytes(StandardCharsets.US_ASCII);
    byte[] head =
        body.length < 126
            ? new byte[] {(byte) 0x81, (byte) body.length}
            : new byte[] {(byte) 0x81, 126, (byte) (body.length >> 8), (byte) body.length};
    return concat(head, body);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = new byte[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
