package dev.orderwire.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class TopologyOptionTest {
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Bench.commands().setErr(new PrintWriter(err)).execute(arguments);
  }

  @Test
  void whatNeedsABusRefusesServe() {
    for (String scenario : new String[] {"scale", "outage"}) {
      assertThat(run(scenario, "--topology", "serve")).isEqualTo(1);
    }
    assertThat(err.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("orderwire: expected --topology redis or kafka"));
  }

  @Test
  void anUnknownTopologyIsWrongUsage() {
    assertThat(run("latency", "--topology", "serve,rabbit")).isEqualTo(2);
    assertThat(err.toString()).contains("--topology", "rabbit");
  }
}
