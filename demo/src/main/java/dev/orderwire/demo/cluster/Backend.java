package dev.orderwire.demo.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** A server behind a balancer, which is asked all the time whether it is ready. */
final class Backend implements AutoCloseable {
  private static final Duration CHECKED_EACH = Duration.ofMillis(200);
  private static final int ANSWERS_WITHIN_MILLIS = 1_000;
  private static final String READY = "HTTP/1.1 200";

  /** After so many checks without any answer, it counts as gone. */
  private static final int SILENT_AFTER = 3;

  private final InetSocketAddress address;
  private final Thread thread;
  private volatile boolean ready;
  private volatile int unanswered;

  private Backend(InetSocketAddress address) {
    this.address = address;
    this.thread = Thread.ofVirtual().name("check " + address).unstarted(this::check);
  }

  static Backend start(InetSocketAddress address) {
    Backend backend = new Backend(address);
    backend.thread.start();
    return backend;
  }

  InetSocketAddress address() {
    return address;
  }

  boolean isReady() {
    return ready;
  }

  /** Whether it does not even say that it is not ready. */
  boolean isSilent() {
    return unanswered >= SILENT_AFTER;
  }

  /** It accepts no connection: it is not ready until the next check says so. */
  void refused() {
    ready = false;
  }

  private void check() {
    try {
      while (true) {
        try {
          ready = answer().startsWith(READY);
          unanswered = 0;
        } catch (IOException e) {
          ready = false;
          unanswered = Math.min(SILENT_AFTER, unanswered + 1);
        }
        Thread.sleep(CHECKED_EACH);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** The first line of the answer. */
  private String answer() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, ANSWERS_WITHIN_MILLIS);
      socket.setSoTimeout(ANSWERS_WITHIN_MILLIS);
      socket
          .getOutputStream()
          .write(
              "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(US_ASCII));
      byte[] line = socket.getInputStream().readNBytes(READY.length());
      if (line.length < READY.length()) {
        throw new IOException("no answer");
      }
      return new String(line, US_ASCII);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
