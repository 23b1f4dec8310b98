package dev.orderwire.presence;

import dev.orderwire.bus.BusException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The presence of a server that shares a {@link PresenceStore} with others. */
public final class SharedPresence implements Presence {
  private static final long ANSWER_MILLIS = 1_000;

  private final PresenceStore store;
  private final String server;
  private final String name;
  private final Announcements announcements = new Announcements();
  private final Heart heart;
  private final Inbox inbox;
  private volatile @Nullable OwnClients own;

  /**
   * @param store of this server; closed together with this
   * @param server the id of this server
   * @param name its host and process, for people
   */
  public SharedPresence(PresenceStore store, String server, String name) {
    this.store = store;
    this.server = server;
    this.name = name;
    this.heart = new Heart(store, this::self, announcements, () -> own().announceAll());
    this.inbox = new Inbox(store, server, which -> own().kick(which));
  }

  private OwnClients own() {
    return Objects.requireNonNull(own, "not begun");
  }

  private ServerLine self() {
    return new ServerLine(server, name, own().count());
  }

  @Override
  public String server() {
    return server;
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public void begin(OwnClients clients) {
    own = clients;
    heart.start();
    inbox.start();
  }

  @Override
  public void announce(ConnectedClient client) {
    announcements.client(client);
  }

  @Override
  public void ended(long number) {
    announcements.ended(number);
  }

  @Override
  public void changed(Counted party) {
    announcements.changed(party);
  }

  @Override
  public void arrived(Counted party, Runnable tooMany) {
    announcements.arrived(party, tooMany);
  }

  @Override
  public ClientPage page(@Nullable String identity, @Nullable ConnectionId after, int limit) {
    Optional<String> problem = heart.problem();
    if (problem.isEmpty()) {
      try {
        return new Pages(store, self(), own()).page(identity, after, limit);
      } catch (BusException e) {
        problem = Optional.ofNullable(e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        problem = Optional.of("this server is shutting down");
      }
    }
    return AlonePresence.pageOf(own(), server, name, identity, after, limit, problem);
  }

  @Override
  public Kicked kick(Kick which) {
    boolean isElsewhere = which instanceof Kick.One(ConnectionId id) && !id.server().equals(server);
    int here = isElsewhere ? 0 : own().kick(which);
    if (which instanceof Kick.One && !isElsewhere) {
      return new Kicked(here, List.of(), Optional.empty());
    }
    Optional<String> problem = heart.problem();
    if (problem.isEmpty()) {
      try {
        return kickElsewhere(which, here);
      } catch (BusException e) {
        problem = Optional.ofNullable(e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        problem = Optional.of("this server is shutting down");
      }
    }
    return new Kicked(here, List.of(), problem);
  }

  private Kicked kickElsewhere(Kick which, int here) throws InterruptedException {
    Map<String, ServerLine> asked = new TreeMap<>(Heart.read(store.servers()));
    asked.remove(server);
    if (which instanceof Kick.One(ConnectionId id)) {
      asked.keySet().retainAll(List.of(id.server()));
    }
    Map<String, Integer> closed = inbox.ask(which, asked.keySet(), ANSWER_MILLIS);
    List<String> unanswered = new ArrayList<>();
    asked.forEach((id, line) -> {
      if (!closed.containsKey(id)) {
        unanswered.add(line.name());
      }
    });
    int elsewhere = closed.values().stream().mapToInt(Integer::intValue).sum();
    return new Kicked(here + elsewhere, unanswered, Optional.empty());
  }

  @Override
  public Optional<PresenceStatus> status() {
    TreeSet<String> known = new TreeSet<>(heart.servers().keySet());
    known.add(server);
    Optional<String> problem = heart.problem();
    return Optional.of(
        new PresenceStatus(store.toString(), problem.isEmpty() ? known.size() : 1, problem));
  }

  @Override
  public void close() {
    inbox.stop();
    heart.stop();
    store.close();
  }
}
