package dev.orderwire.gateway;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Transport;
import dev.orderwire.gateway.protocol.Use;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the gateway's numbers. */
public class CountingTraffic implements Traffic {
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger subscriptions = new AtomicInteger();
  final AtomicLong deliveries = new AtomicLong();
  final AtomicLong bytes = new AtomicLong();
  final AtomicInteger replays = new AtomicInteger();
  final AtomicInteger snapshots = new AtomicInteger();
  final AtomicInteger snapshotReads = new AtomicInteger();
  final List<CloseReason> closes = new CopyOnWriteArrayList<>();
  final List<String> refusals = new CopyOnWriteArrayList<>();
  final List<Limit> overLimits = new CopyOnWriteArrayList<>();
  final Set<Resource> refusing = ConcurrentHashMap.newKeySet();

  /** Very many, where very much is written. */
  final Queue<Instant> written = new ConcurrentLinkedQueue<>();

  @Override
  public void connected(Transport transport) {
    connections.incrementAndGet();
  }

  @Override
  public void disconnected(Transport transport) {
    connections.decrementAndGet();
  }

  @Override
  public void subscribed() {
    subscriptions.incrementAndGet();
  }

  @Override
  public void unsubscribed() {
    subscriptions.decrementAndGet();
  }

  @Override
  public void delivered(long changes) {
    deliveries.addAndGet(changes);
  }

  @Override
  public void sent(long sent) {
    bytes.addAndGet(sent);
  }

  @Override
  public void written(Instant at) {
    written.add(at);
  }

  @Override
  public void replayed() {
    replays.incrementAndGet();
  }

  @Override
  public void snapshot() {
    snapshots.incrementAndGet();
  }

  @Override
  public void snapshotRead() {
    snapshotReads.incrementAndGet();
  }

  @Override
  public void closed(CloseReason reason) {
    closes.add(reason);
  }

  @Override
  public boolean refuses(Use use, String cause, boolean asksAgain) {
    return refusing.add(use.resource());
  }

  @Override
  public void serves(Use use) {
    refusing.remove(use.resource());
  }

  @Override
  public void overLimit(Limit limit) {
    overLimits.add(limit);
  }

  @Override
  public void refused(ErrorCode code) {
    refusals.add(code.text());
  }
}
