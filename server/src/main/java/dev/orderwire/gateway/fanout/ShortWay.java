package dev.orderwire.gateway.fanout;

import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.protocol.Form;
import dev.orderwire.gateway.protocol.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of those watchers of a view with whom all is ordinary: they have had what there was,
 * nothing waits for their sockets, and their connections have no other view. A message to all of
 * them touches nothing but an array and the sockets in it; the objects of thousands of connections
 * are in no cache, and to look at them takes longer than all else that is not the kernel's.
 *
 * <p>A watcher's seat here is its seat in the roster. While it has one, how far it is stands here
 * alone. Lives on the event loop.
 */
final class ShortWay {
  /** Is given those that have not taken a message whole. */
  interface Others {
    /** Has taken only so many of the message's bytes, or none. */
    void partly(int seat, int taken);
  }

  private @Nullable Socket[] sockets = {};
  private @Nullable Form[] forms = {};
  private int count;
  private Feed.@Nullable Place at;

  boolean isEmpty() {
    return count == 0;
  }

  /** How many there are. */
  int count() {
    return count;
  }

  boolean has(int seat) {
    return seat < sockets.length && sockets[seat] != null;
  }

  /**
   * Up to where they have been given all there was.
   *
   * @param passed the same of everybody who does not lag
   */
  Feed.Place at(Feed.Place passed) {
    return at == null || at.cursor() < passed.cursor() ? passed : at;
  }

  void add(int seat, Socket socket, Form form, Feed.Place place) {
    if (seat >= sockets.length) {
      int room = Math.max(seat + 1, sockets.length * 3 / 2);
      sockets = Arrays.copyOf(sockets, room);
      forms = Arrays.copyOf(forms, room);
    }
    if (count == 0) {
      at = place;
    }
    sockets[seat] = socket;
    forms[seat] = form;
    count++;
  }

  void remove(int seat) {
    if (has(seat)) {
      sockets[seat] = null;
      count--;
    }
  }

  /** The last one of the roster takes a seat that has become free. */
  void move(int last, int seat) {
    if (has(last)) {
      sockets[seat] = sockets[last];
      forms[seat] = forms[last];
      sockets[last] = null;
    }
  }

  /** There was nothing for them up to there, or they have been sent it. */
  void pass(Feed.Place place) {
    at = place;
  }

  /**
   * Sends all of them a message.
   *
   * @return how many bytes they have taken
   */
  long send(Frame frame, Others others) {
    long sent = 0;
    Form form = Form.PLAIN;
    ByteBuf bytes = frame.bytes(form);
    for (int seat = sockets.length - 1; seat >= 0; seat--) {
      Socket socket = sockets[seat];
      if (socket != null) {
        if (forms[seat] != form) {
          form = Objects.requireNonNull(forms[seat]);
          bytes = frame.bytes(form);
        }
        int taken = Wire.take(socket, bytes);
        sent += taken;
        if (taken < bytes.readableBytes()) {
          others.partly(seat, taken);
        }
      }
    }
    return sent;
  }
}
