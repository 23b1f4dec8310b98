package dev.orderwire.cli;

import dev.orderwire.cli.process.BackgroundLoading;
import dev.orderwire.cli.process.Shutdown;
import dev.orderwire.cli.server.Role;
import dev.orderwire.cli.server.Wiring;
import dev.orderwire.cli.settings.ClusterSettings;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.cli.settings.Settings.TableOptions;
import dev.orderwire.cli.values.OrdersPerSecond;
import dev.orderwire.cli.values.Port;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.demo.SampleOrders;
import dev.orderwire.mysql.MysqlOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code demo}: the server with an embedded MySQL and a stream of sample orders. */
@Command(
    description = {
      "Run the server with an embedded MySQL and sample orders.",
      "Ctrl-C ends everything."
    })
final class DemoCommand implements Callable<Integer> {
  static final String DATABASE = "shop";

  private final Environment environment;
  private final Shutdown shutdown;
  private final PrintStream out;
  private final PrintStream err;
  private final BackgroundLoading loading;

  @Mixin private SettingsOption settingsOption = new SettingsOption();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      converter = Port.class,
      description = "The server's port; default: server.port (8000).")
  private @Nullable Integer port;

  @Option(
      names = "--mysql-port",
      paramLabel = "PORT",
      converter = Port.class,
      defaultValue = "0",
      description = "MySQL's port; default: 0, any free port.")
  private int mysqlPort;

  @Option(
      names = "--rate",
      paramLabel = "N",
      converter = OrdersPerSecond.class,
      defaultValue = "2",
      description = "New orders a second; default: 2; 0 means none.")
  private double rate;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The folder of MySQL's data, kept between runs; default: .orderwire/demo.")
  private @Nullable Path data;

  @Option(
      names = "--cluster",
      description = {
        "Run MySQL, Redis (where it is installed), a relay and two gateways as processes,",
        "with a load balancer in front of them. Kill any: it is started again."
      })
  private boolean cluster;

  /** Of a process that {@link ClusterDemo} starts. */
  @Option(names = "--part", hidden = true)
  private @Nullable Role part;

  DemoCommand(
      Environment environment,
      Shutdown shutdown,
      PrintStream out,
      PrintStream err,
      BackgroundLoading loading) {
    this.environment = environment;
    this.shutdown = shutdown;
    this.out = out;
    this.err = err;
    this.loading = loading;
  }

  @Override
  public Integer call() {
    Settings settings = settings();
    Port.requireFree(settings.server().host(), settings.server().port());
    try (Shutdown.Graceful graceful = shutdown.graceful()) {
      loading.await();
      if (part != null) {
        servePart(settings, part, graceful);
      } else if (cluster) {
        serveCluster(demoSettings(settings, Settings.Bus.NONE), graceful);
      } else {
        serve(demoSettings(settings, Settings.Bus.NONE), graceful);
      }
    } catch (InterruptedException e) {
      // A shutdown: by now, all parts are closed.
    }
    return 0;
  }

  private Path folder() {
    return data == null ? environment.stateFolder().resolve("demo") : data;
  }

  private void serveCluster(Settings settings, Shutdown.Graceful graceful)
      throws InterruptedException {
    var options = new ClusterDemo.Options(settingsOption.file(), folder(), mysqlPort, rate);
    try (ClusterDemo demo = new ClusterDemo(environment, settings, options, out, err)) {
      Shutdown.clearingInterrupt(() -> demo.run(graceful));
    }
  }

  /** A server of {@link ClusterDemo}, which names its MySQL and its bus by variables. */
  private void servePart(Settings settings, Role role, Shutdown.Graceful graceful)
      throws InterruptedException {
    Settings.Mysql mysql = settings.mysql();
    var bus =
        role == Role.SERVE ? Settings.Bus.NONE : new Settings.Bus(settings.bus().url(), Map.of());
    Wiring.serve(
        demoSettings(settings, bus),
        role,
        options(mysql.port(), mysql.user(), mysql.password(), mysql.poolSize()),
        note -> err.println("orderwire: " + note),
        address -> {
          out.println("websocket " + ServerAddress.websocket(settings.server(), address.getPort()));
          out.println("ready");
          out.flush();
          graceful.await();
        });
  }

  private void serve(Settings settings, Shutdown.Graceful graceful) throws InterruptedException {
    try (EmbeddedMysql mysql = EmbeddedMysql.start(folder(), mysqlPort, List.of())) {
      SampleOrders.createTable(mysql, DATABASE);
      Wiring.serve(
          settings,
          Role.SERVE,
          options(mysql.port(), mysql.user(), mysql.password(), settings.mysql().poolSize()),
          note -> err.println("orderwire: " + note),
          address -> {
            RunningDemo demo =
                RunningDemo.ofThisProcess(
                    mysqlUrl(mysql),
                    ServerAddress.websocket(settings.server(), address.getPort()).toString());
            try (RunningDemo.Announced _ = demo.announce(environment.stateFolder());
                SampleOrders _ = SampleOrders.start(mysql, DATABASE, rate)) {
              out.println(
                  "dashboard " + ServerAddress.dashboard(settings.server(), address.getPort()));
              out.println("websocket " + demo.websocket());
              out.println("mysql " + demo.mysql());
              out.println("ready");
              out.flush();
              graceful.await();
            }
          });
    }
  }

  static String mysqlUrl(EmbeddedMysql mysql) {
    return "mysql://%s:%s@127.0.0.1:%d/%s"
        .formatted(mysql.user(), mysql.password(), mysql.port(), DATABASE);
  }

  private Settings settings() {
    Map<String, String> flags = new HashMap<>();
    if (port != null) {
      flags.put("server.port", port.toString());
    }
    return settingsOption.load(environment, flags);
  }

  /** The settings of the user, with the demo's own in place of some. */
  private static Settings demoSettings(Settings settings, Settings.Bus bus) {
    return new Settings(
        settings.server().forDemo(),
        settings.proxies(),
        settings.limits(),
        settings.auth(),
        settings.mysql().withoutReplicas(),
        new Settings.Install(true, false),
        Map.of("orders", new TableOptions(true)),
        settings.policies(),
        settings.lookups(),
        settings.policyTests(),
        settings.tail(),
        bus,
        ClusterSettings.NONE,
        settings.kafka(),
        settings.memory(),
        settings.feed(),
        settings.snapshots(),
        Settings.Retention.OFF,
        settings.canary());
  }

  private static MysqlOptions options(int port, String user, String password, int poolSize) {
    return new MysqlOptions(
        "127.0.0.1", port, user, password, DATABASE, poolSize, Map.of("sslMode", "DISABLED"));
  }
}
