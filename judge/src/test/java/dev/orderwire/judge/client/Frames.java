package dev.orderwire.judge.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** WebSocket frames as a server sends them. */
final class Frames {
  static final int FINAL_TEXT = 0x81;
  static final int FIRST_TEXT = 0x01;
  static final int FINAL_CONTINUATION = 0x80;
  static final int CLOSE = 0x88;
  static final int PING = 0x89;
  static final int PONG = 0x8a;

  private Frames() {}

  /** A frame whose length is encoded in as few bytes as possible. */
  static byte[] frame(int firstByte, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(firstByte);
    if (payload.length < 126) {
      frame.write(payload.length);
    } else if (payload.length < 65_536) {
      frame.write(126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) payload.length >>> shift));
      }
    }
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  static byte[] text(String text) {
    return frame(FINAL_TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] close(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[2 + text.length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, text.length);
    return frame(CLOSE, payload);
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
