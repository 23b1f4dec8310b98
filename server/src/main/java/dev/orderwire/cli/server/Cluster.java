package dev.orderwire.cli.server;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusUpstream;
import dev.orderwire.bus.Buses;
import dev.orderwire.bus.Publisher;
import dev.orderwire.bus.TopicWriter;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.LeadState;
import dev.orderwire.changelog.MysqlBacklog;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.ops.BusMetrics;
import dev.orderwire.ops.ClusterStatus;
import dev.orderwire.ops.TopicMetrics;
import dev.orderwire.tail.LeadListener;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.TailStatus;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.upkeep.Candidate;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parts that connect this process with others over a bus. */
final class Cluster implements AutoCloseable {
  /** A tail follows if it has read within this time; it reads about once a second. */
  private static final int ALIVE_SECONDS = 3;

  private final Role role;
  private final String node;
  private final Bus bus;
  private final BusUpstream upstream;
  private final @Nullable Publisher publisher;
  private final MomentListener feed;
  private final List<String> exported;
  private @Nullable TopicWriter topics;
  private @Nullable Tail tail;
  private @Nullable Candidate candidate;

  /**
   * Opens the bus of the settings.
   *
   * @throws OrderwireException {@code bad_settings}
   */
  static Cluster of(Settings settings, Role role, WatchedTables catalog, MomentListener feed) {
    Bus bus =
        Buses.open(
            Buses.address("bus", settings.bus().url()),
            settings.kafka().with(settings.bus()),
            Buses.folder());
    List<String> exported = List.copyOf(settings.tables().keySet());
    return new Cluster(bus, role, NodeName.ofProcess(), catalog, feed, exported);
  }

  /**
   * @param bus closed together with this
   * @param node the name of this process, for people
   * @param feed takes what the tail delivers
   * @param exported the tables with topics for other programs, if the bus has such
   */
  Cluster(
      Bus bus,
      Role role,
      String node,
      WatchedTables catalog,
      MomentListener feed,
      List<String> exported) {
    this.bus = bus;
    this.exported = List.copyOf(exported);
    this.role = role;
    this.node = node;
    this.feed = feed;
    this.upstream = new BusUpstream(bus, catalog);
    this.publisher = role.leads() ? new Publisher(bus, node, this::isTailAlive) : null;
  }

  /** A tail that follows the bus, or reads for it. Not started yet. */
  Tail tail(
      Mysql mysql,
      List<TableVersion> versions,
      Position start,
      WatchedTables catalog,
      Doorbell doorbell) {
    topics = topics(new MysqlBacklog(mysql, catalog), versions);
    Tail created = new Tail(mysql, versions, start, moments(), doorbell, upstream, leadListener());
    created
        .markers()
        .onAdd((table, id) -> {
          catalog.hold(table, id);
          if (publisher != null) {
            publisher.marker(table, id);
          }
          if (topics != null) {
            topics.marker(table, id);
          }
        });
    tail = created;
    return created;
  }

  private @Nullable TopicWriter topics(Backlog backlog, List<TableVersion> versions) {
    List<TableVersion> all =
        versions.stream().filter(each -> exported.contains(each.table().name())).toList();
    return role.leads()
        ? bus.topics().map(kept -> new TopicWriter(kept, backlog, all)).orElse(null)
        : null;
  }

  private LeadListener leadListener() {
    Publisher publishing = publisher;
    TopicWriter writing = topics;
    if (publishing == null) {
      return LeadListener.NONE;
    }
    return new LeadListener() {
      @Override
      public void begins(long term, Position from) {
        upstream.begins(term, from);
        publishing.begins(term, from);
        if (writing != null) {
          writing.begins(term, from);
        }
      }

      @Override
      public void ends() {
        if (writing != null) {
          writing.ends();
        }
        publishing.ends();
        upstream.ends();
      }
    };
  }

  private MomentListener moments() {
    if (publisher == null) {
      return feed;
    }
    MomentListener both = MomentListener.both(feed, publisher);
    return topics == null ? both : MomentListener.both(both, topics);
  }

  private boolean isTailAlive() {
    return tail != null
        && tail.status() instanceof TailStatus.Following(Instant lastRead)
        && lastRead.plusSeconds(ALIVE_SECONDS).isAfter(Instant.now());
  }

  /** Registers the metrics of the bus. */
  void register(MeterRegistry registry) {
    BusMetrics.register(upstream, publisher, this::isLeading, registry);
    if (topics != null) {
      TopicMetrics.register(topics, registry);
    }
  }

  /** Begins to follow the bus, and to contend for the lead. */
  void start(Mysql mysql, Tail following, Candidate.Office office) {
    upstream.start();
    if (topics != null) {
      topics.start();
    }
    if (publisher != null) {
      publisher.start();
      candidate = new Candidate(mysql, following, node, office);
      candidate.start();
    }
  }

  private boolean isLeading() {
    return tail != null && tail.leads();
  }

  /** What is wrong with the bus; empty if nothing is. */
  Optional<String> problem() {
    Publisher publishing = publisher;
    if (isLeading() && publishing != null) {
      return publishing
          .problem()
          .map(cause -> bus + " takes no records: " + cause)
          .or(this::topicsProblem)
          .or(() ->
              upstream
                  .silence()
                  .map(cause -> "the records of this leader do not arrive: " + cause));
    }
    return upstream.silence().map(cause -> cause + "; this server reads the change log meanwhile");
  }

  private Optional<String> topicsProblem() {
    TopicWriter writing = topics;
    return writing == null
        ? Optional.empty()
        : writing
            .problem()
            .map(cause ->
                "the topics of the tables are %,d changes and %,d s behind: %s"
                    .formatted(writing.behind(), writing.delay().toSeconds(), cause));
  }

  ClusterStatus status() {
    boolean leads = isLeading();
    Optional<LeadState> known = candidate == null ? Optional.empty() : candidate.leader();
    String leader = leads ? node : upstream.node();
    return new ClusterStatus(
        role.name().toLowerCase(Locale.ROOT),
        node,
        leads,
        leader,
        Math.max(known.map(LeadState::term).orElse(0L), upstream.term()),
        bus.toString(),
        upstream.quiet(),
        leads
            ? Optional.ofNullable(topics)
                .map(writing -> new ClusterStatus.Topics(writing.behind(), writing.delay()))
            : Optional.empty());
  }

  /** Resigns, and leads no more. */
  void stop() {
    if (candidate != null) {
      candidate.close();
    }
  }

  @Override
  public void close() {
    stop();
    if (topics != null) {
      topics.close();
    }
    if (publisher != null) {
      publisher.close();
    }
    upstream.close();
    bus.close();
  }
}
