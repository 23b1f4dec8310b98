package dev.orderwire.cli;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.cli.process.Shutdown;
import dev.orderwire.cli.server.Role;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.demo.SampleOrders;
import dev.orderwire.demo.cluster.Balancer;
import dev.orderwire.demo.cluster.ChildProcess;
import dev.orderwire.demo.cluster.MysqlProgram;
import dev.orderwire.demo.cluster.Part;
import dev.orderwire.demo.cluster.RedisProgram;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * {@code demo --cluster}: MySQL, Redis, a relay and two gateways as processes, and a load balancer.
 * A part that ends is started again. Without Redis there is no bus: then two {@code serve} take the
 * place of the relay and the gateways.
 */
final class ClusterDemo implements AutoCloseable {
  /**
   * What the demo is run with.
   *
   * @param config the file with the settings, if the user names one
   * @param folder for the data of MySQL, and for the logs of the parts
   * @param rate new orders a second
   */
  record Options(@Nullable Path config, Path folder, int mysqlPort, double rate) {}

  private static final int GATEWAYS = 2;

  private final Environment environment;
  private final Settings settings;
  private final Options options;
  private final PrintStream out;
  private final PrintStream err;
  private final Deque<Part> parts = new ArrayDeque<>();

  ClusterDemo(
      Environment environment,
      Settings settings,
      Options options,
      PrintStream out,
      PrintStream err) {
    this.environment = environment;
    this.settings = settings;
    this.options = options;
    this.out = out;
    this.err = err;
  }

  /** Runs it until the shutdown. */
  void run(Shutdown.Graceful graceful) throws InterruptedException {
    try {
      MysqlProgram mysql = new MysqlProgram(options.folder(), options.mysqlPort());
      start("mysql", mysql);
      SampleOrders.createTable(mysql.mysql(), DemoCommand.DATABASE);
      List<AtomicReference<InetSocketAddress>> servers = startServers(mysql);
      InetAddress host = InetAddress.getByName(settings.server().host());
      try (Balancer balancer =
              new Balancer(
                  host,
                  settings.server().port(),
                  () -> servers.stream().map(AtomicReference::get).toList());
          RunningDemo.Announced _ = announce(mysql, balancer).announce(environment.stateFolder());
          SampleOrders _ =
              SampleOrders.start(mysql.mysql(), DemoCommand.DATABASE, options.rate())) {
        out.println("ready");
        out.flush();
        try {
          graceful.await();
        } finally {
          // Ctrl-C has reached them too.
          parts.forEach(Part::expectEnd);
        }
      }
    } catch (IOException e) {
      throw new OrderwireException(ErrorCode.PART_FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns where the servers for clients are, also after they were started again. */
  private List<AtomicReference<InetSocketAddress>> startServers(MysqlProgram mysql)
      throws IOException, InterruptedException {
    Map<String, String> variables = variables(mysql);
    Optional<Path> redis = RedisProgram.installed(environment.variables().getOrDefault("PATH", ""));
    Role role = Role.SERVE;
    if (redis.isPresent()) {
      RedisProgram program =
          new RedisProgram(
              redis.get(), options.folder().resolve("redis"), mysql.mysql().password());
      start("redis", program);
      variables.put("ORDERWIRE_BUS_URL", program.address().toString());
      startServer("relay", Role.RELAY, variables);
      role = Role.GATEWAY;
    } else {
      err.println(
          "orderwire: Redis is not installed (apt-get install redis-server), so there is no bus:"
              + " two servers follow the change log by themselves");
    }
    List<AtomicReference<InetSocketAddress>> servers = new ArrayList<>();
    for (int i = 1; i <= GATEWAYS; i++) {
      servers.add(
          startServer(role == Role.GATEWAY ? "gateway-" + i : "serve-" + i, role, variables));
    }
    return servers;
  }

  private void start(String name, Part.Program program) throws IOException, InterruptedException {
    try {
      Part part = Part.start(name, program, note -> err.println("orderwire: " + note));
      parts.push(part);
      out.println(
          "part %s %s".formatted(name, part.pid().map(Objects::toString).orElse("starting")));
      out.flush();
    } catch (IOException e) {
      throw new IOException("the part %s does not start: %s".formatted(name, e.getMessage()), e);
    }
  }

  private AtomicReference<InetSocketAddress> startServer(
      String name, Role role, Map<String, String> variables)
      throws IOException, InterruptedException {
    AtomicReference<InetSocketAddress> address = new AtomicReference<>();
    Path log = options.folder().resolve(name + ".log");
    start(
        name,
        () -> {
          ChildProcess process = ChildProcess.start(command(role), variables, log);
          address.set(addressIn(process.awaitLine("ready")));
          return process;
        });
    return address;
  }

  /** Where a server listens, from what it prints. */
  private static InetSocketAddress addressIn(List<String> lines) throws UnknownHostException {
    URI uri = URI.create(lines.getFirst().substring(lines.getFirst().indexOf(' ') + 1));
    return new InetSocketAddress(InetAddress.getByName(uri.getHost()), uri.getPort());
  }

  /** The command line of this process, with the arguments of a part. */
  private List<String> command(Role role) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("demo", "--part", role.name(), "--port", "0"));
    if (options.config() != null) {
      command.addAll(List.of("--config", options.config().toString()));
    }
    return command;
  }

  /** The environment variables of the servers, with the demo's MySQL in place of the user's. */
  private Map<String, String> variables(MysqlProgram mysql) {
    Map<String, String> variables = new HashMap<>(environment.variables());
    variables
        .keySet()
        .removeIf(name ->
            name.startsWith("MYSQL_")
                || name.startsWith("ORDERWIRE_MYSQL_")
                || name.startsWith("ORDERWIRE_BUS_"));
    variables.put("MYSQL_URL", DemoCommand.mysqlUrl(mysql.mysql()));
    return variables;
  }

  /** Prints where clients connect. */
  private RunningDemo announce(MysqlProgram mysql, Balancer balancer) {
    RunningDemo demo =
        RunningDemo.ofThisProcess(
            DemoCommand.mysqlUrl(mysql.mysql()),
            ServerAddress.websocket(settings.server(), balancer.port()).toString());
    out.println("dashboard " + ServerAddress.dashboard(settings.server(), balancer.port()));
    out.println("websocket " + demo.websocket());
    out.println("mysql " + demo.mysql());
    return demo;
  }

  /** Ends all parts, the last one first. */
  @Override
  public void close() {
    parts.forEach(Part::expectEnd);
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
