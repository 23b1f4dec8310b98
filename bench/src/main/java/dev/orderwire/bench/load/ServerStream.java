package dev.orderwire.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What one client is sent, read as it comes: no message is put together, and of one that is not
 * complete only the bytes are kept in which a stamp may have begun. For one thread.
 */
final class ServerStream {
  /** What it is told of. */
  interface Listener extends Stamp.Finder {
    /** The answer to the handshake has come; its first line. */
    void answered(String status);

    /** A message begins; stamps are found in it until it has ended. */
    void message(Kind kind);

    /** The message has come whole. */
    void whole();

    void subscribed();

    /** A message has ended with a position, which stands there. */
    void position(ByteBuffer bytes, int at, int length);

    /** The last message of a snapshot has come. */
    void snapshotDone();

    /** The server says so: an error, with its beginning. */
    void error(String message);

    void ping(ByteBuffer bytes, int at, int length);

    void closing(String reason);
  }

  /** What the server says, as far as it matters here. */
  enum Kind {
    CHANGES,
    SNAPSHOT,
    SUBSCRIBED,
    ERROR,
    OTHER
  }

  private static final int CLOSE = 8;
  private static final int PING = 9;

  /** Where the messages' types begin to differ, behind the key and its quotes. */
  private static final int TYPE = 9;

  private static final int ENOUGH_TO_TELL = TYPE + 2;
  private static final byte[] NOT_DONE = "\"done\":false}".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] POSITION = "\"position\":\"".getBytes(StandardCharsets.US_ASCII);

  /** Of a message that is not complete, so much is kept: it may have to hold its position. */
  private static final int TAIL = 512;

  private static final int LONGEST_ERROR = 300;

  private final Listener listener;
  private byte[] kept = new byte[0];
  private int keptBytes;
  private boolean answered;

  /** Where in the buffer the next byte stands, while it is being taken. */
  private int at;

  private Kind kind = Kind.OTHER;

  /** How many bytes of the message come, from {@link #at} on. */
  private long left;

  /** How many of them are searched already. */
  private int searched;

  ServerStream(Listener listener) {
    this.listener = listener;
  }

  /** Puts what was kept at the beginning of an empty buffer, which the socket then is read into. */
  void begin(ByteBuffer buffer) {
    buffer.clear().put(kept, 0, keptBytes);
  }

  /** Takes what is in the buffer, up to its position. */
  void take(ByteBuffer buffer) {
    int end = buffer.position();
    at = 0;
    if (answered || answer(buffer, end)) {
      while (left > 0 || header(buffer, end)) {
        if (!body(buffer, end)) {
          break;
        }
      }
    }
    keptBytes = end - at;
    if (keptBytes > kept.length) {
      kept = new byte[keptBytes];
    }
    buffer.get(at, kept, 0, keptBytes);
  }

  private boolean answer(ByteBuffer buffer, int end) {
    for (int i = 3; i < end; i++) {
      if (buffer.get(i) == '\n' && buffer.get(i - 2) == '\n') {
        answered = true;
        at = i + 1;
        String head = text(buffer, 0, at);
        listener.answered(head.substring(0, head.indexOf('\r')));
        return true;
      }
    }
    return false;
  }

  /** Begins a message, past any control frames; false where too little of it is there. */
  private boolean header(ByteBuffer buffer, int end) {
    while (end - at >= 2) {
      int opcode = buffer.get(at) & 0x0f;
      int shortLength = buffer.get(at + 1) & 0x7f;
      int header = shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10;
      if (end - at < header) {
        return false;
      }
      long length =
          switch (header) {
            case 2 -> shortLength;
            case 4 -> buffer.getShort(at + 2) & 0xffff;
            default -> buffer.getLong(at + 2);
          };
      boolean control = opcode >= CLOSE;
      if (end - at - header < (control ? length : Math.min(length, ENOUGH_TO_TELL))) {
        return false;
      }
      at += header;
      if (!control && length > 0) {
        kind = length < ENOUGH_TO_TELL ? Kind.OTHER : kind(buffer);
        listener.message(kind);
        left = length;
        searched = 0;
        return true;
      }
      if (control) {
        control(opcode, buffer, (int) length);
        at += (int) length;
      }
    }
    return false;
  }

  private Kind kind(ByteBuffer buffer) {
    return switch (buffer.get(at + TYPE)) {
      case 'c' -> Kind.CHANGES;
      case 'e' -> Kind.ERROR;
      case 's' -> buffer.get(at + TYPE + 1) == 'n' ? Kind.SNAPSHOT : Kind.SUBSCRIBED;
      default -> Kind.OTHER;
    };
  }

  private void control(int opcode, ByteBuffer buffer, int length) {
    if (opcode == PING) {
      listener.ping(buffer, at, length);
    } else if (opcode == CLOSE) {
      listener.closing(
          length < 2 ? "closed" : buffer.getShort(at) + " " + text(buffer, at + 2, at + length));
    }
  }

  /** Searches what is there of the message; whether that was all of it. */
  private boolean body(ByteBuffer buffer, int end) {
    int available = (int) Math.min(left, end - at);
    int to = at + available - Stamp.LENGTH + 1;
    Stamp.find(buffer, at + searched, to, listener);
    if (available < left) {
      int next = Math.max(at + searched, to);
      int keep = Math.max(at, Math.min(next - Stamp.LOOKBACK, at + available - TAIL));
      searched = next - keep;
      left -= keep - at;
      at = keep;
      return false;
    }
    at += available;
    left = 0;
    ended(buffer, at - available);
    return true;
  }

  private void ended(ByteBuffer buffer, int from) {
    listener.whole();
    int start = at - 3;
    while (start > from && buffer.get(start) != '"') {
      start--;
    }
    if (endsWith(buffer, start + 1, POSITION)) {
      listener.position(buffer, start + 1, at - 2 - (start + 1));
    }
    switch (kind) {
      case SUBSCRIBED -> listener.subscribed();
      case SNAPSHOT -> {
        if (!endsWith(buffer, at, NOT_DONE)) {
          listener.snapshotDone();
        }
      }
      case ERROR -> listener.error(text(buffer, from, Math.min(at, from + LONGEST_ERROR)));
      case CHANGES, OTHER -> {}
    }
  }

  /** Whether these bytes stand before a place; of a message that is too short, they do not. */
  private static boolean endsWith(ByteBuffer buffer, int place, byte[] bytes) {
    int from = place - bytes.length;
    for (int i = 0; i < bytes.length; i++) {
      if (from < 0 || buffer.get(from + i) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private static String text(ByteBuffer buffer, int from, int to) {
    byte[] bytes = new byte[to - from];
    buffer.get(from, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
