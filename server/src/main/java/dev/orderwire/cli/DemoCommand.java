package dev.orderwire.cli;

import dev.orderwire.cli.settings.Settings.TableOptions;
import dev.orderwire.cli.settings.Settings;
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

/** {@code demo}: the server with a MySQL of its own and orders that come in. */
@Command(
    description = "Run the server with an embedded MySQL and sample orders; Ctrl-C ends all of it.")
final class DemoCommand implements Callable<Integer> {
  private static final String DATABASE = "shop";

  private final Surroundings around;
  private final Ending ending;
  private final PrintStream out;
  private final PrintStream err;
  private final Meanwhile loading;

  @Mixin private SettingsOption settings = new SettingsOption();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      converter = Port.class,
      description = "The server's port; default: server.port, which is 8000.")
  private @Nullable Integer port;

  @Option(
      names = "--mysql-port",
      paramLabel = "PORT",
      converter = Port.class,
      defaultValue = "0",
      description = "MySQL's port; default: 0, any that is free.")
  private int mysqlPort;

  @Option(
      names = "--rate",
      paramLabel = "N",
      converter = Rate.class,
      defaultValue = "2",
      description = "New orders a second; default: 2, and 0 for none.")
  private double rate;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where MySQL's data are kept between runs; default: .orderwire/demo.")
  private @Nullable Path data;

  /**
   * @param loading awaited before anything of it is used
   */
  DemoCommand(
      Surroundings around, Ending ending, PrintStream out, PrintStream err, Meanwhile loading) {
    this.around = around;
    this.ending = ending;
    this.out = out;
    this.err = err;
    this.loading = loading;
  }

  @Override
  public Integer call() {
    Settings set = demoSettings();
    Port.requireFree(set.server().host(), set.server().port());
    try (Ending.InOrder end = ending.inOrder()) {
      loading.await();
      serve(set, end);
    } catch (InterruptedException e) {
      // Asked to end: by now everything has.
    }
    return 0;
  }

  private void serve(Settings set, Ending.InOrder end) throws InterruptedException {
    Path folder = data == null ? around.state().resolve("demo") : data;
    try (EmbeddedMysql mysql = EmbeddedMysql.start(folder, mysqlPort, List.of())) {
      SampleOrders.createTable(mysql, DATABASE);
      Wiring.serve(
          set,
          options(mysql, set.mysql().poolSize()),
          note -> err.println("orderwire: " + note),
          address -> {
            RunningDemo demo =
                RunningDemo.ofThisProcess(
                    "mysql://%s:%s@127.0.0.1:%d/%s"
                        .formatted(mysql.user(), mysql.password(), mysql.port(), DATABASE),
                    ServerAddress.websocket(set.server().host(), address.getPort()).toString());
            try (RunningDemo.Announced _ = demo.announce(around.state());
                SampleOrders _ = SampleOrders.start(mysql, DATABASE, rate)) {
              out.println(
                  "dashboard " + ServerAddress.dashboard(set.server().host(), address.getPort()));
              out.println("websocket " + demo.websocket());
              out.println("mysql " + demo.mysql());
              out.println("ready");
              out.flush();
              end.await();
            }
          });
    }
  }

  /** The user's settings, but for what the demo brings along itself. */
  private Settings demoSettings() {
    Map<String, String> flags = new HashMap<>();
    if (port != null) {
      flags.put("server.port", port.toString());
    }
    Settings set = settings.load(around, flags);
    return new Settings(
        set.server(),
        set.auth(),
        set.mysql(),
        new Settings.Install(true, false),
        Map.of("orders", new TableOptions(true)),
        set.tail(),
        set.memory(),
        set.feed(),
        set.snapshots(),
        Settings.Retention.OFF,
        set.canary());
  }

  private static MysqlOptions options(EmbeddedMysql mysql, int poolSize) {
    return new MysqlOptions(
        "127.0.0.1",
        mysql.port(),
        mysql.user(),
        mysql.password(),
        DATABASE,
        poolSize,
        Map.of("sslMode", "DISABLED"));
  }
}
