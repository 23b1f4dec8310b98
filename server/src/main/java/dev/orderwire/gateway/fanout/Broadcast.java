package dev.orderwire.gateway.fanout;

import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.match.Batch;
import dev.orderwire.gateway.protocol.Form;
import dev.orderwire.gateway.protocol.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live subscriptions of one view on one event loop, and the fastest way to send them a message.
 *
 * <p>Most subscriptions keep up: they have every change so far, nothing waits in their channel, and
 * their connection has no other view. A message to all of these touches only an array of their
 * sockets. The objects of thousands of connections are in no CPU cache, and reading them would cost
 * more than everything else outside the kernel.
 *
 * <p>The subscriptions in the broadcast share one place in the feed, which is kept here. {@link
 * ViewSubscriptions} sends them batches with {@link #send}, and visits the other subscriptions one
 * by one with {@link #forEachOther}. {@link #include} takes a subscription that keeps up into the
 * broadcast. It leaves again as soon as its own place is read or set ({@link Member}), or anything
 * waits in its channel ({@link ClientSocket}). For one event loop.
 */
final class Broadcast {
  /** A subscription's place in the feed. */
  abstract static class Member extends IndexedList.Member {
    private long cursor;
    private Position position;

    /** The broadcast that keeps the place at present; null if it is kept here. */
    private @Nullable Broadcast keeper;

    Member(Position position) {
      this.position = position;
    }

    /** The cursor of its next change in the feed. Takes it out of the broadcast. */
    public final long cursor() {
      leaveBroadcast();
      return cursor;
    }

    /** The position of the feed at {@link #cursor}. Takes it out of the broadcast. */
    final Position feedPosition() {
      leaveBroadcast();
      return position;
    }

    /** Whether the feed's position at its place covers a change. It stays in the broadcast. */
    final boolean isPlacedBehind(long change) {
      return position.covers(change)
          || (keeper != null && keeper.place().position().covers(change));
    }

    final void moveTo(long newCursor, Position newPosition) {
      leaveBroadcast();
      cursor = newCursor;
      position = newPosition;
    }

    /** Takes it out of the broadcast: it is served on its own until it is included again. */
    final void leaveBroadcast() {
      Broadcast former = keeper;
      if (former != null) {
        former.exclude(this);
      }
    }
  }

  private final Pump pump;
  private final IndexedList<Subscription> members = new IndexedList<>();

  /** By the index of the member; null for members outside the broadcast. */
  private @Nullable Socket[] sockets = {};

  private @Nullable Form[] forms = {};
  private int count;
  private Feed.@Nullable Place place;

  Broadcast(Pump pump) {
    this.pump = pump;
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  void add(Subscription subscription) {
    members.add(subscription);
  }

  void remove(Subscription subscription) {
    subscription.leaveBroadcast();
    int index = subscription.index();
    int last = members.size() - 1;
    members.remove(subscription);
    // The last member takes the index that has become free.
    if (has(last)) {
      sockets[index] = sockets[last];
      forms[index] = forms[last];
      sockets[last] = null;
    }
  }

  void forEach(Consumer<Subscription> action) {
    members.copy().forEach(action);
  }

  /** Visits the subscriptions outside the broadcast. The action may remove or include them. */
  void forEachOther(Consumer<Subscription> action) {
    // Backwards, so that the removal of a member does not hide another.
    for (int i = members.size() - 1; i >= 0; i = Math.min(i, members.size()) - 1) {
      if (!has(i)) {
        action.accept(members.get(i));
      }
    }
  }

  private boolean has(int index) {
    return index < sockets.length && sockets[index] != null;
  }

  /** Whether the broadcast has subscriptions, and has not reached {@code end}. */
  boolean isBefore(long end) {
    return count > 0 && place().cursor() < end;
  }

  /** The place in the feed that the broadcast has reached. */
  Feed.Place place() {
    Feed.Place passed = pump.place();
    return place == null || place.cursor() < passed.cursor() ? passed : place;
  }

  /** Takes a subscription into the broadcast, if it keeps up. */
  void include(Subscription subscription) {
    Connection connection = subscription.connection();
    if (!subscription.keepsUp()
        || connection.isClosing()
        || !connection.isSingle()
        || (count > 0 && place().cursor() != subscription.cursor())) {
      return;
    }
    Socket socket = connection.output().directSocket();
    if (socket == null) {
      return;
    }
    if (count == 0) {
      place = subscription.place();
    }
    int index = subscription.index();
    if (index >= sockets.length) {
      int room = Math.max(index + 1, sockets.length * 3 / 2);
      sockets = Arrays.copyOf(sockets, room);
      forms = Arrays.copyOf(forms, room);
    }
    sockets[index] = socket;
    forms[index] = connection.form();
    count++;
    ((Member) subscription).keeper = this;
    connection.output().servedWith(subscription);
  }

  private void exclude(Member member) {
    Feed.Place shared = place();
    sockets[member.index()] = null;
    count--;
    member.keeper = null;
    if (member.cursor < shared.cursor()) {
      member.cursor = shared.cursor();
      member.position = shared.position();
    }
  }

  /** Takes all subscriptions out of the broadcast. */
  void excludeAll() {
    for (int i = 0; i < members.size(); i++) {
      members.get(i).leaveBroadcast();
    }
  }

  /**
   * Sends a batch to all subscriptions in the broadcast. A subscription whose socket does not take
   * the whole message at once leaves the broadcast.
   *
   * @param batch begins at {@link #place} and ends at the end of a moment
   * @param end the cursor up to which the feed is known
   */
  void send(Batch batch, long end) {
    Frame frame = batch.frame();
    if (frame != null) {
      send(batch, frame, end);
    }
    place = batch.end();
  }

  private void send(Batch batch, Frame frame, long end) {
    long sent = 0;
    long receivers = count;
    Form form = Form.PLAIN;
    ByteBuf bytes = frame.bytes(form);
    for (int i = sockets.length - 1; i >= 0; i--) {
      Socket socket = sockets[i];
      if (socket != null) {
        if (forms[i] != form) {
          form = Objects.requireNonNull(forms[i]);
          bytes = frame.bytes(form);
        }
        int taken = ClientSocket.send(socket, bytes);
        sent += taken;
        if (taken < bytes.readableBytes()) {
          Subscription subscription = members.get(i);
          subscription.leaveBroadcast();
          if (taken > 0) {
            subscription.takeRest(batch, frame, taken, end);
          } else {
            receivers--;
          }
        }
      }
    }
    pump.counters().sent(sent);
    pump.counters().delivered(receivers * batch.times().size());
  }
}
