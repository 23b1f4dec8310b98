package dev.orderwire.bench.rig;

import dev.orderwire.demo.cluster.KafkaProgram;
import dev.orderwire.demo.cluster.RedisProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How changes get from MySQL to the servers that have the clients. */
public enum Topology {
  /** One process does all. */
  SERVE,
  /** Relays and gateways, with a Redis between them. */
  REDIS,
  /** Relays and gateways, with a Kafka between them. */
  KAFKA;

  /**
   * Checks that this machine has what the bus needs, before anything is started.
   *
   * @throws IllegalStateException if not; the message says what to do
   */
  public void require() throws IOException {
    switch (this) {
      case SERVE -> {}
      case REDIS -> redis();
      case KAFKA -> kafka();
    }
  }

  /** Starts the engine of the bus; empty if there is none. */
  Optional<BusEngine> startBus(Path folder) throws IOException {
    return switch (this) {
      case SERVE -> Optional.empty();
      case REDIS -> {
        RedisProgram program = new RedisProgram(redis(), folder.resolve("redis"), "bench");
        yield Optional.of(new BusEngine(program, program.address()));
      }
      case KAFKA -> {
        KafkaProgram program = new KafkaProgram(kafka(), folder.resolve("kafka"), Map.of());
        yield Optional.of(new BusEngine(program, program.address()));
      }
    };
  }

  private static Path redis() {
    return RedisProgram.installed(Optional.ofNullable(System.getenv("PATH")).orElse(""))
        .orElseThrow(() ->
            new IllegalStateException(
                "Redis is not installed, and the topology redis needs it: install it, on Debian as"
                    + " root with: apt-get install redis-server"));
  }

  /** The launcher names the project's folder. */
  private static String kafka() throws IOException {
    return KafkaProgram.classPath(Path.of(System.getProperty("orderwire.home", "")))
        .orElseThrow(() ->
            new IllegalStateException(
                "there is no Kafka for the topology kafka: fetch a broker, in the project's folder,"
                    + " with: mvn -Dquick -DskipTests package -pl bus-kafka -am"));
  }

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
