package dev.orderwire.gateway.limits;

import dev.orderwire.auth.Identity;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.proxy.Peer;
import dev.orderwire.presence.Presence;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts what each address and each identity takes, and refuses what is too much. Safe for any
 * number of threads.
 *
 * <p>Addresses of this machine are not limited unless proxies are configured: whatever connects
 * from there is a local program, or a proxy that hides all its clients behind one address.
 */
public final class Limits {
  private final GatewayOptions options;
  private final Traffic traffic;
  private final Parties addresses;
  private final Parties identities;
  private final Untaken untaken;
  private final @Nullable Rate frames;
  private final boolean limitsLoopback;
  private final Presence presence;

  /** For a server that knows of no other. */
  public Limits(GatewayOptions options, Traffic traffic) {
    this(options, traffic, TimeMeter.SYSTEM_NANOTIME, Presence.alone(""));
  }

  /**
   * @param presence counts the connections on other servers
   */
  public Limits(GatewayOptions options, Traffic traffic, Presence presence) {
    this(options, traffic, TimeMeter.SYSTEM_NANOTIME, presence);
  }

  Limits(GatewayOptions options, Traffic traffic, TimeMeter clock) {
    this(options, traffic, clock, Presence.alone(""));
  }

  private Limits(GatewayOptions options, Traffic traffic, TimeMeter clock, Presence presence) {
    this.presence = presence;
    this.options = options;
    this.traffic = traffic;
    this.untaken =
        new Untaken(options.limit(Limit.UNTAKEN_BYTES), options.limit(Limit.CLIENT_UNTAKEN_BYTES));
    this.frames = Rate.of(options, Limit.FRAMES, clock);
    this.limitsLoopback = !options.proxies().isEmpty();
    Rate openings = Rate.of(options, Limit.ADDRESS_OPENINGS, clock);
    Rate requests = Rate.of(options, Limit.ADDRESS_REQUESTS, clock);
    Rate explanations = Rate.of(options, Limit.ADDRESS_EXPLANATIONS, clock);
    this.addresses =
        new Parties(
            key ->
                new Party(
                    key,
                    options.limit(Limit.ADDRESS_CONNECTIONS),
                    Rate.shared(openings),
                    Rate.shared(requests),
                    explanations),
            clock);
    Rate asked = Rate.of(options, Limit.IDENTITY_REQUESTS, clock);
    this.identities =
        new Parties(
            key ->
                new Party(
                    key, options.limit(Limit.IDENTITY_CONNECTIONS), null, Rate.shared(asked), null),
            clock);
  }

  /** As {@link #connection(Peer, Executor)}, for a connection without an event loop. */
  Allowance connection(Peer peer) {
    return connection(peer, Runnable::run);
  }

  /**
   * Counts a new connection. What it may do, the {@link Allowance} says.
   *
   * @param loop the event loop of the connection
   */
  public Allowance connection(Peer peer, Executor loop) {
    Allowance allowance = new Allowance(this, loop);
    // The clients of a proxy are counted by their own addresses.
    if (!peer.trusted()) {
      allowance.arrive(peer.address());
    }
    return allowance;
  }

  /**
   * Counts a request of an identity, as long as it has no connection of its own.
   *
   * @throws OrderwireException {@code over_limit}
   */
  public void request(Identity identity) {
    Party party = identities.hold(identity.name());
    try {
      requestOfIdentity(party);
    } finally {
      identities.release(party);
    }
  }

  /**
   * Counts a snapshot that is read for an identity.
   *
   * @param identity null if it is read for nobody in particular
   * @return to be run when it has been read; a second run does nothing
   * @throws OrderwireException {@code over_limit}
   */
  public Runnable snapshot(@Nullable Identity identity) {
    if (identity == null || !options.isOn(Limit.IDENTITY_SNAPSHOTS)) {
      return () -> {};
    }
    Party party = identities.hold(identity.name());
    if (!take(party.snapshots, Limit.IDENTITY_SNAPSHOTS)) {
      identities.release(party);
      throw refusal(
          Limit.IDENTITY_SNAPSHOTS, "wait for one of them, or ask for fewer different views");
    }
    return once(() -> {
      party.snapshots.decrementAndGet();
      identities.release(party);
    });
  }

  private static Runnable once(Runnable task) {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (done.compareAndSet(false, true)) {
        task.run();
      }
    };
  }

  /**
   * Counts an answer until its client has taken it. A small one does not count: the socket takes it
   * at once, or it waits like any other message.
   *
   * @param address null if it is not known
   * @param identity null if it is not known
   * @return to be run when the client has taken it; a second run does nothing
   * @throws OrderwireException {@code over_limit}
   */
  public Runnable untaken(@Nullable InetAddress address, @Nullable Identity identity, long bytes) {
    if (bytes <= options.limit(Limit.OUTBOUND_BYTES)) {
      return () -> {};
    }
    List<Object> parties = new ArrayList<>(2);
    if (address != null && isLimited(address)) {
      parties.add(AddressBlock.of(address));
    }
    if (identity != null) {
      parties.add(identity.name());
    }
    Limit exceeded = untaken.add(parties, bytes);
    if (exceeded != null) {
      throw refusal(exceeded, "read answers faster, or ask for fewer rows or changes at once");
    }
    return once(() -> untaken.remove(parties, bytes));
  }

  /** Counts a connection of an address; null if the address is not limited. */
  @Nullable Party connectionOf(@Nullable InetAddress address) {
    Party party = hold(address);
    if (party != null) {
      party.connections.incrementAndGet();
      presence.changed(party);
    }
    return party;
  }

  private @Nullable Party hold(@Nullable InetAddress address) {
    return address == null || !isLimited(address) ? null : addresses.hold(AddressBlock.of(address));
  }

  private boolean isLimited(InetAddress address) {
    return limitsLoopback || !address.isLoopbackAddress();
  }

  /** Ends {@link #connectionOf(InetAddress)}. */
  void releaseAddress(Party address) {
    address.connections.decrementAndGet();
    presence.changed(address);
    addresses.release(address);
  }

  /**
   * Decides whether a connection that is counted may stay.
   *
   * @param allowance of the connection
   * @throws OrderwireException {@code over_limit}
   */
  void admit(Party address, Allowance allowance) {
    if (!Rate.take(address.openings)) {
      throw refusal(Limit.ADDRESS_OPENINGS, "keep connections open, and reconnect with jitter");
    }
    presence.arrived(address, () -> allowance.evict(address, Limit.ADDRESS_CONNECTIONS));
    if (address.hasTooMany()) {
      throw tooMany(Limit.ADDRESS_CONNECTIONS);
    }
  }

  /** Counts a refusal of a connection, and says why. */
  OrderwireException tooMany(Limit limit) {
    return refusal(limit, "close some, or use one for several views");
  }

  void request(@Nullable InetAddress address) {
    Party party = hold(address);
    if (party != null) {
      try {
        request(party);
      } finally {
        addresses.release(party);
      }
    }
  }

  void request(Party address) {
    if (!Rate.take(address.requests)) {
      throw refusal(Limit.ADDRESS_REQUESTS, "send less, and wait longer between requests");
    }
  }

  void requestOfIdentity(Party identity) {
    if (!Rate.take(identity.requests)) {
      throw refusal(Limit.IDENTITY_REQUESTS, "send less, and wait longer between requests");
    }
  }

  void frame(@Nullable Bucket ofConnection) {
    if (!Rate.take(ofConnection)) {
      throw refusal(Limit.FRAMES, "send less, in fewer and larger frames");
    }
  }

  @Nullable Bucket frames() {
    return Rate.ofOneThread(frames);
  }

  /**
   * Counts a connection of an identity.
   *
   * @param allowance of the connection
   * @throws OrderwireException {@code over_limit}
   */
  Party connectionOf(Identity identity, Allowance allowance) {
    Party party = identities.hold(identity.name());
    party.connections.incrementAndGet();
    presence.arrived(party, () -> allowance.evict(party, Limit.IDENTITY_CONNECTIONS));
    if (party.hasTooMany()) {
      releaseIdentity(party);
      throw tooMany(Limit.IDENTITY_CONNECTIONS);
    }
    presence.changed(party);
    return party;
  }

  /** Ends {@link #connectionOf(Identity, Allowance)}. */
  void releaseIdentity(Party identity) {
    identity.connections.decrementAndGet();
    presence.changed(identity);
    identities.release(identity);
  }

  private boolean take(AtomicInteger taken, Limit limit) {
    if (taken.incrementAndGet() <= options.limit(limit)) {
      return true;
    }
    taken.decrementAndGet();
    return false;
  }

  void exceeded(Limit limit) {
    traffic.overLimit(limit);
  }

  /** Counts a refusal, and says why. */
  public OrderwireException refusal(Limit limit, String advice) {
    traffic.overLimit(limit);
    return new OrderwireException(
        ErrorCode.OVER_LIMIT,
        String.format(
            Locale.ROOT,
            "the limit is %,d %s: %s",
            options.limit(limit),
            limit.sentence(),
            advice));
  }

  /** Announces all that is counted to the presence. */
  public void announceAll() {
    addresses.forEachHeld(presence::changed);
    identities.forEachHeld(presence::changed);
  }

  /** How many addresses and identities are known. */
  int known() {
    return addresses.size() + identities.size();
  }
}
