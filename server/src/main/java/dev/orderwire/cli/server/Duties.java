package dev.orderwire.cli.server;

import dev.orderwire.cli.settings.Settings;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.Gateway;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.ops.Canary;
import dev.orderwire.ops.CanaryStatus;
import dev.orderwire.tail.Tail;
import dev.orderwire.upkeep.CanaryRows;
import dev.orderwire.upkeep.Reconciler;
import dev.orderwire.upkeep.Retention;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What keeps the database as installed, and the canary. Where several processes are connected by a
 * bus, only the leading one does this.
 */
final class Duties {
  private final Settings settings;
  private final Mysql mysql;
  private final InstalledDatabase database;
  private final Tail tail;
  private final Feed feed;
  private final CanaryStatus canary;
  private final MeterRegistry registry;
  private volatile @Nullable Reconciler reconciler;
  private Consumer<Set<String>> uncaptured = _ -> {};

  /** Creates them without beginning them. */
  Duties(
      Settings settings,
      Mysql mysql,
      InstalledDatabase database,
      Tail tail,
      Feed feed,
      CanaryStatus canary,
      MeterRegistry registry) {
    this.settings = settings;
    this.mysql = mysql;
    this.database = database;
    this.tail = tail;
    this.feed = feed;
    this.canary = canary;
    this.registry = registry;
  }

  /** As {@link Reconciler#onUncaptured}. Before they begin. */
  void onUncaptured(Consumer<Set<String>> listener) {
    uncaptured = listener;
  }

  /** Until the result is closed, this process does them. */
  Wiring.Closing begin(Gateway gateway) {
    var begun =
        new Reconciler(
            mysql,
            database.capture(),
            database.tables(),
            database.options(),
            settings.install().auto(),
            tail);
    var retention =
        new Retention(mysql, tail, settings.retention().hours(), settings.retention().megabytes());
    @Nullable Canary beating = database.noCanary().isPresent() ? null : canary(begun, gateway);
    begun.onUncaptured(uncaptured);
    reconciler = begun;
    begun.start();
    retention.start();
    if (beating != null) {
      beating.start();
    }
    return () -> {
      if (beating != null) {
        beating.close();
      }
      retention.close();
      begun.close();
      reconciler = null;
    };
  }

  private Canary canary(Reconciler begun, Gateway gateway) {
    return new Canary(
        new CanaryRows(mysql),
        feed,
        gateway::passing,
        begun::resetAll,
        canary,
        registry,
        Duration.ofSeconds(settings.canary().seconds()));
  }

  /** Whether this process does them. */
  boolean isOn() {
    return reconciler != null;
  }

  /** What could not be repaired yet. */
  Optional<String> problem() {
    Reconciler on = reconciler;
    return on == null ? Optional.empty() : on.problem();
  }

  /** The newest id of the change log, if known. */
  OptionalLong newestId() {
    Reconciler on = reconciler;
    return on == null ? OptionalLong.empty() : on.newestId();
  }
}
