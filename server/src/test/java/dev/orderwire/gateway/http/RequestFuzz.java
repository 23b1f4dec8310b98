package dev.orderwire.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Identity;
import dev.orderwire.auth.Visitor;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.CaptureCheck;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.RowHistory;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.fuzz.Parsing;
import dev.orderwire.fuzz.Uncounted;
import dev.orderwire.gateway.catchup.Source;
import dev.orderwire.gateway.explain.Explainer;
import dev.orderwire.gateway.fanout.EventLoops;
import dev.orderwire.gateway.fanout.NoFallback;
import dev.orderwire.gateway.fanout.Rounds;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.RequestedViews;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.mysql.sql.KeyOrder;
import dev.orderwire.mysql.sql.SqlCondition;
import dev.orderwire.mysql.sql.SqlPrefilter;
import dev.orderwire.presence.Presence;
import dev.orderwire.view.Tables;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests: the URL on the first line, then a header a line. They run up to MySQL, which has no
 * rows here, so parameters are read to the SQL in which they end.
 */
public final class RequestFuzz {
  private static final Table WIDE =
      Tables.table(
          "wide",
          "a",
          "varchar(20)",
          "b",
          "decimal(10,2)",
          "c",
          "datetime(6)",
          "d",
          "varbinary(9)");

  /** A key of several types, whose columns one role does not see. */
  private static final Table KEYED =
      new Table(WIDE.name(), WIDE.columns(), List.of("a", "b", "c", "d"));

  private static final List<Visitor> VISITORS =
      List.of(Visitor.ANYBODY, visitor("customer"), visitor("blind"));

  private static final Position START = Position.parse("e-5");
  private static final Routes ROUTES = routes();

  private RequestFuzz() {}

  private static Visitor visitor(String role) {
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(
            JsonMapper.shared()
                .readTree(
                    """
                    {"orders": {"customer": {"rows": {"status": "${claims.sub}"},
                      "mask": {"note": "hash"}}},
                     "wide": {"customer": {"rows": "all"}, "blind": {"rows": "all", "columns": ["a"]}}}
                    """),
            new Seal(new byte[32]),
            problems);
    assertThat(problems).isEmpty();
    return Admission.by(
            _ ->
                new Identity(
                    "7",
                    Map.of("sub", JsonMapper.shared().valueToTree("7")),
                    List.of(role),
                    null,
                    null),
            policies)
        .admit("token");
  }

  private static Routes routes() {
    WatchedTables catalog =
        new WatchedTables(List.of(new TableVersion(Tables.ORDERS, 0), new TableVersion(KEYED, 0)));
    Feed feed = new Feed(START, catalog, 10, 1_000);
    Source source =
        new Source(
            catalog,
            feed,
            new NoChanges(),
            new NoRows(),
            (_, _, _, position) ->
                new RowHistory.Found(List.of(), 0, true, null, null, null, position),
            _ -> CaptureCheck.State.SOUND);
    GatewayOptions options =
        new GatewayOptions(
            "127.0.0.1", 0, Duration.ofHours(1), Set.of(), Set.of(), Path.of("."), Map.of());
    Traffic traffic = new Uncounted();
    RequestedViews views = new RequestedViews(catalog, options, traffic);
    Presence presence = Presence.alone("fuzz");
    EventLoops loops =
        new EventLoops(
            new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("fuzz", true), NioIoHandler.newFactory()),
            feed,
            catalog,
            _ -> false,
            options,
            traffic,
            new Rounds(),
            new NoFallback(),
            presence);
    Explainer explainer = new Explainer(source, loops, options);
    Pages.Page page = new Pages.Page(200, "text/plain", "");
    return new Routes(
        new Api(source, views, options, explainer, Admission.OPEN),
        new Connections(presence, true),
        new ClientFiles(),
        new Pages() {
          @Override
          public Pages.Page health(boolean draining) {
            return page;
          }

          @Override
          public Pages.Page live() {
            return page;
          }

          @Override
          public Pages.Page ready(boolean draining) {
            return page;
          }

          @Override
          public Pages.Page metrics() {
            return page;
          }
        },
        new Draining());
  }

  public static void fuzzerTestOneInput(byte[] input) {
    // As Netty reads a request.
    List<String> lines = List.of(new String(input, StandardCharsets.ISO_8859_1).split("\n", -1));
    String uri = lines.getFirst();
    if (uri.isEmpty() || uri.chars().anyMatch(c -> c <= ' ')) {
      return;
    }
    HttpRequest request =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.GET,
            uri,
            DefaultHttpHeadersFactory.headersFactory().withValidation(false));
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        request.headers().add(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    credential(request);
    for (Visitor visitor : VISITORS) {
      Route route = Parsing.accepted(() -> ROUTES.find(request, visitor));
      if (route != null) {
        follow(route);
      }
    }
  }

  private static void credential(HttpRequest request) {
    try {
      Optional<String> credential = Credential.of(request);
      String secret = credential.orElse("");
      int at = request.uri().indexOf(secret);
      // Elsewhere in the URL, the same text is no token.
      if (secret.length() > 8 && at >= 0 && at == request.uri().lastIndexOf(secret)) {
        boolean isToken =
            !request.headers().contains("authorization")
                && Credential.offered(request.headers()).isEmpty();
        assertThat(isToken && Credential.redacted(request.uri()).contains(secret))
            .as(request.uri())
            .isFalse();
      }
    } catch (OrderwireException refusal) {
      Parsing.requireClientsFault(refusal);
      assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_AUTHENTICATED);
    }
  }

  private static void follow(Route route) {
    Answer answer =
        switch (route) {
          case Route.Now(Answer now) -> now;
          case Route.Later(var work) -> work.get();
          case Route.FromMysql(_, var work) -> Parsing.accepted(work);
          case Route.ToWebSocket _, Route.ToEvents _ -> null;
        };
    if (answer != null) {
      answer.body().release();
    }
  }

  private static final class NoChanges implements Backlog {
    @Override
    public Backlog.Page page(Ids ids, String table, long afterId, int maxChanges, long maxBytes) {
      return new Backlog.Page.Changes(List.of());
    }

    @Override
    public Position now(Position known) {
      return known;
    }

    @Override
    public long newestId() {
      return START.head();
    }
  }

  /** Makes the SQL that would read the rows: what a client sends is in its parameters alone. */
  private static final class NoRows implements SnapshotReader {
    @Override
    public void read(
        Table table,
        Prefilter prefilter,
        @Nullable Key after,
        Position known,
        int pageRows,
        Rows rows) {
      requireParameters(SqlPrefilter.of(prefilter));
      if (after != null) {
        requireParameters(KeyOrder.after(table, after));
      }
      rows.begin(known);
    }

    private static void requireParameters(SqlCondition condition) {
      assertThat(condition.sql().chars().filter(c -> c == '?').count())
          .as(condition.toString())
          .isEqualTo(condition.parameters().size());
      assertThat(condition.sql()).doesNotContain("'", "--", "/*", "#", ";");
    }
  }
}
