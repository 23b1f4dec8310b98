package dev.orderwire.gateway.http;

import dev.orderwire.auth.Identity;
import dev.orderwire.auth.Visitor;
import dev.orderwire.auth.policy.Access;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.Json;
import dev.orderwire.presence.ClientPage;
import dev.orderwire.presence.ClientPage.Server;
import dev.orderwire.presence.ConnectedClient;
import dev.orderwire.presence.ConnectionId;
import dev.orderwire.presence.Kick;
import dev.orderwire.presence.Kicked;
import dev.orderwire.presence.Presence;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/**
 * {@code /api/connections}: who is connected, on all servers, and the end of connections. For
 * administrators: roles whose policy says so, or everybody on this machine where no client need say
 * who it is. The right is checked before anything else.
 */
public final class Connections {
  static final String PATH = "/api/connections";

  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  private static final Set<String> LIST = Set.of("role", "identity", "limit", "after", "token");
  private static final Set<String> KICK = Set.of("role", "identity", "token");
  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST = 1_000;
  private static final int LONGEST_IDENTITY = 1_000;

  private final Presence presence;
  private final boolean isLocal;

  /**
   * @param isLocal whether the server listens on loopback only
   */
  public Connections(Presence presence, boolean isLocal) {
    this.presence = presence;
    this.isLocal = isLocal;
  }

  /** Whether it answers a path. */
  static boolean isAt(String path) {
    return path.equals(PATH) || path.startsWith(PATH + "/");
  }

  private Access administrator(Visitor visitor, Query query) {
    Access access = visitor.access(query.get("role").orElse(null));
    if (!access.mayAdminister()) {
      throw new OrderwireException(
          ErrorCode.NOT_ALLOWED,
          "this role may not see or close connections: none of its policies says admin: true");
    }
    if (visitor.identity() == null && !isLocal) {
      throw new OrderwireException(
          ErrorCode.NOT_ALLOWED,
          "anybody could see and close connections, as this server does not ask who its clients are: set auth.jwt or auth.keys, and admin: true for a role, or listen on loopback");
    }
    return access;
  }

  /**
   * A page of the connections.
   *
   * @param rest of the path; only empty if all is well
   */
  Route list(String uri, String rest, Visitor visitor) {
    Query query = Query.of(uri, LIST);
    Access access = administrator(visitor, query);
    if (!rest.isEmpty()) {
      throw new OrderwireException(
          ErrorCode.NOT_FOUND, "there is nothing to read here: use DELETE to close the connection");
    }
    String identity = identity(query);
    int limit = query.limit(DEFAULT_LIMIT, MOST);
    ConnectionId after =
        query
            .get("after")
            .map(text ->
                ConnectionId.of(text)
                    .orElseThrow(() ->
                        new OrderwireException(
                            ErrorCode.BAD_PARAMETER,
                            "after must be that of the page before, which is the id of a connection")))
            .orElse(null);
    return new Route.Later(() -> answer(presence.page(identity, after, limit), access));
  }

  private static @Nullable String identity(Query query) {
    Optional<String> identity = query.get("identity");
    identity.ifPresent(name -> {
      if (name.isEmpty()
          || name.length() > LONGEST_IDENTITY
          || name.chars().anyMatch(Character::isISOControl)) {
        throw new OrderwireException(
            ErrorCode.BAD_PARAMETER,
            "identity must be the sub of a token, or the name of an API key: 1 to %d characters, and no control characters"
                .formatted(LONGEST_IDENTITY));
      }
    });
    return identity.orElse(null);
  }

  private static Answer answer(ClientPage page, Access access) {
    Map<String, String> names = new HashMap<>();
    page.servers().forEach(server -> names.put(server.id(), server.name()));
    ConnectionId after = page.after();
    return Answer.json(
        HttpResponseStatus.OK,
        json -> {
          json.writeName("connections");
          json.writeStartArray();
          for (ConnectedClient each : page.clients()) {
            json.writeStartObject();
            json.writeStringProperty(
                "server", names.getOrDefault(each.id().server(), each.id().server()));
            each.write(json, table -> access.scope(table).isPresent());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeName("servers");
          json.writeStartArray();
          for (Server each : page.servers()) {
            json.writeStartObject();
            json.writeStringProperty("name", each.name());
            json.writeNumberProperty("connections", each.connections());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeBooleanProperty("more", after != null);
          if (after != null) {
            json.writeStringProperty("after", after.toString());
          }
          write(json, page.problem());
        });
  }

  private static void write(JsonGenerator json, Optional<String> problem) {
    problem.ifPresent(cause -> json.writeStringProperty("problem", cause));
  }

  /**
   * Closes connections.
   *
   * @param rest of the path: empty, or a slash and the id of a connection
   */
  Route kick(String uri, String rest, Visitor visitor) {
    Query query = Query.of(uri, KICK);
    var _ = administrator(visitor, query);
    String identity = identity(query);
    Identity known = visitor.identity();
    String who = known == null ? "somebody on this machine" : known.name();
    if (rest.isEmpty()) {
      if (identity == null) {
        throw new OrderwireException(
            ErrorCode.BAD_PARAMETER,
            "say which connections to close: DELETE /api/connections/ID, or ?identity=NAME");
      }
      return new Route.Later(() -> closed(new Kick.AllOf(identity), who));
    }
    if (identity != null) {
      throw new OrderwireException(
          ErrorCode.BAD_PARAMETER, "name a connection, or an identity, and not both");
    }
    return new Route.Later(() ->
        ConnectionId.of(rest.substring(1))
            .map(id -> closed(new Kick.One(id), who))
            .orElseGet(Connections::unknown));
  }

  private Answer closed(Kick which, String who) {
    Kicked kicked = presence.kick(which);
    LOG.info("{} asked to close {}; closed are {}", who, which, kicked.closed());
    if (which instanceof Kick.One
        && kicked.closed() == 0
        && kicked.unanswered().isEmpty()
        && kicked.problem().isEmpty()) {
      return unknown();
    }
    return Answer.json(
        HttpResponseStatus.OK,
        json -> {
          json.writeNumberProperty("closed", kicked.closed());
          Json.strings(
              json,
              "unanswered",
              kicked.unanswered().stream().sorted().collect(Collectors.toList()));
          write(json, kicked.problem());
        });
  }

  private static Answer unknown() {
    return Answer.error(
        new OrderwireException(
            ErrorCode.NOT_FOUND, "there is no such connection, or not any more"));
  }
}
