package dev.orderwire.presence;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** See {@link Presence#alone}. */
final class AlonePresence implements Presence {
  private final String server = ConnectionId.newServer();
  private final String name;
  private volatile @Nullable OwnClients own;

  AlonePresence(String name) {
    this.name = name;
  }

  @Override
  public String server() {
    return server;
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public void begin(OwnClients clients) {
    own = clients;
  }

  @Override
  public void announce(ConnectedClient client) {
    // To nobody.
  }

  @Override
  public void ended(long number) {
    // As above.
  }

  @Override
  public void changed(Counted party) {
    // As above.
  }

  @Override
  public void arrived(Counted party, Runnable tooMany) {
    // There are none elsewhere.
  }

  private OwnClients own() {
    return Objects.requireNonNull(own, "not begun");
  }

  @Override
  public ClientPage page(@Nullable String identity, @Nullable ConnectionId after, int limit) {
    return pageOf(own(), server, name, identity, after, limit, Optional.empty());
  }

  /** A page of one server's connections. */
  static ClientPage pageOf(
      OwnClients own,
      String server,
      String name,
      @Nullable String identity,
      @Nullable ConnectionId after,
      int limit,
      Optional<String> problem) {
    List<ConnectedClient> found = own.page(identity, after, limit + 1);
    boolean more = found.size() > limit;
    List<ConnectedClient> page = more ? found.subList(0, limit) : found;
    return new ClientPage(
        page,
        List.of(new ClientPage.Server(server, name, own.count())),
        more ? page.getLast().id() : null,
        problem);
  }

  @Override
  public Kicked kick(Kick which) {
    return new Kicked(own().kick(which), List.of(), Optional.empty());
  }

  @Override
  public Optional<PresenceStatus> status() {
    return Optional.empty();
  }

  @Override
  public void close() {
    // Nothing was opened.
  }
}
