package dev.orderwire.gateway.limits;

import dev.orderwire.auth.Identity;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.Limit;
import io.github.bucket4j.Bucket;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection may still do, by its own limits and by those of its address and its identity.
 * For the connection's event loop.
 */
public final class Allowance {
  private final Limits limits;
  private @Nullable Party address;
  private @Nullable Party identity;
  private @Nullable Bucket frames;
  private @Nullable OrderwireException refusal;
  private boolean explained = true;
  private boolean ended;
  private final Executor loop;

  /** Ends the connection that its client keeps; null as long as it sends requests. */
  private @Nullable Consumer<OrderwireException> keeper;

  /**
   * @param loop the event loop of the connection
   */
  Allowance(Limits limits, Executor loop) {
    this.limits = limits;
    this.loop = loop;
  }

  /** Counts the connection for an address. It is refused if the address has too many. */
  void arrive(@Nullable InetAddress from) {
    Party party = limits.connectionOf(from);
    address = party;
    if (party != null) {
      try {
        limits.admit(party, this);
      } catch (OrderwireException e) {
        refusal = e;
        explained = party.takeExplanation();
      }
    }
  }

  /** Whether the connection is refused, and so many others were, that it is not told why. */
  public boolean isToBeDropped() {
    return !explained;
  }

  /**
   * Counts a request.
   *
   * @param forwardedFor the client for which a proxy sends it; null if no proxy does
   * @throws OrderwireException {@code over_limit}
   */
  public void request(@Nullable InetAddress forwardedFor) {
    if (refusal != null) {
      throw refusal;
    }
    if (forwardedFor != null) {
      limits.request(forwardedFor);
    } else if (address != null) {
      limits.request(address);
    }
  }

  /**
   * Counts the connection for the client that keeps it from now on, as a WebSocket or a stream of
   * events. If that is refused, it does not count: a proxy may use it for another client next.
   *
   * @param forwardedFor the client for which a proxy opened it; null if no proxy did
   * @param known who the client is; null if that is not known yet
   * @throws OrderwireException {@code over_limit}
   */
  public void open(@Nullable InetAddress forwardedFor, @Nullable Identity known) {
    try {
      if (forwardedFor != null) {
        openFor(forwardedFor);
      }
      if (known != null) {
        identify(known);
      }
    } catch (OrderwireException e) {
      if (forwardedFor != null) {
        leaveAddress();
      }
      throw e;
    }
  }

  private void openFor(InetAddress client) {
    Party party = ended ? null : limits.connectionOf(client);
    address = party;
    if (party != null) {
      limits.admit(party, this);
    }
  }

  /**
   * Counts the connection for an identity, unless it is counted already.
   *
   * @throws OrderwireException {@code over_limit}
   */
  public void identify(Identity known) {
    if (ended || (identity != null && identity.key.equals(known.name()))) {
      return;
    }
    leaveIdentity();
    identity = limits.connectionOf(known, this);
  }

  /** The connection stays open from now on: takes what ends it with a reason. */
  public void keptBy(Consumer<OrderwireException> ending) {
    keeper = ending;
  }

  /**
   * Refuses the connection after all, as a party has too many on all servers together. For any
   * thread.
   */
  void evict(Party party, Limit limit) {
    loop.execute(() -> {
      if (!ended && refusal == null && (party.equals(address) || party.equals(identity))) {
        OrderwireException cause = limits.tooMany(limit);
        refusal = cause;
        if (keeper != null) {
          keeper.accept(cause);
        }
      }
    });
  }

  /**
   * Counts a frame of a WebSocket.
   *
   * @throws OrderwireException {@code over_limit}
   */
  public void frame() {
    if (frames == null) {
      frames = limits.frames();
    }
    limits.frame(frames);
    if (address != null) {
      limits.request(address);
    }
    if (identity != null) {
      limits.requestOfIdentity(identity);
    }
  }

  /** Takes note that the client is over a limit that is not counted here. */
  public void exceeded(Limit limit) {
    limits.exceeded(limit);
  }

  /** The connection has ended. */
  public void end() {
    ended = true;
    leaveAddress();
    leaveIdentity();
  }

  private void leaveAddress() {
    if (address != null) {
      limits.releaseAddress(address);
      address = null;
    }
  }

  private void leaveIdentity() {
    if (identity != null) {
      limits.releaseIdentity(identity);
      identity = null;
    }
  }
}
