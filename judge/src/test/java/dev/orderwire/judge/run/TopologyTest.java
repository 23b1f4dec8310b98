package dev.orderwire.judge.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TopologyTest {
  @Test
  void aTopologyHasOnlyFaultsOfPartsThatItHas() {
    assertThat(Topology.DIRECT.faults())
        .contains(Fault.KILL, Fault.MYSQL, Fault.LOG)
        .doesNotContain(Fault.BALANCER, Fault.RELAY, Fault.GATEWAY, Fault.REDIS);
    assertThat(Topology.SERVE.faults())
        .containsAll(Topology.DIRECT.faults())
        .contains(Fault.BALANCER)
        .doesNotContain(Fault.RELAY, Fault.GATEWAY, Fault.REDIS);
    assertThat(Topology.REDIS.faults())
        .containsAll(Topology.SERVE.faults())
        .contains(Fault.RELAY, Fault.GATEWAY, Fault.REDIS);
  }
}
