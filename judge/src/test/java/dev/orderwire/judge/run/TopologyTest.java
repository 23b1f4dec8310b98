package dev.orderwire.judge.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TopologyTest {
  @Test
  void aTopologyHasOnlyFaultsOfPartsThatItHas() {
    assertThat(Topology.DIRECT.faults())
        .contains(Fault.KILL, Fault.MYSQL, Fault.LOG)
        .doesNotContain(
            Fault.BALANCER, Fault.RELAY, Fault.GATEWAY, Fault.REDIS, Fault.KAFKA, Fault.LAG);
    assertThat(Topology.SERVE.faults())
        .containsAll(Topology.DIRECT.faults())
        .contains(Fault.BALANCER)
        .doesNotContain(Fault.RELAY, Fault.GATEWAY, Fault.REDIS, Fault.KAFKA, Fault.LAG);
    assertThat(Topology.REPLICA.faults())
        .containsAll(Topology.SERVE.faults())
        .contains(Fault.LAG)
        .doesNotContain(Fault.RELAY, Fault.GATEWAY, Fault.REDIS, Fault.KAFKA);
    assertThat(Topology.REDIS.faults())
        .containsAll(Topology.SERVE.faults())
        .contains(Fault.RELAY, Fault.GATEWAY, Fault.REDIS)
        .doesNotContain(Fault.KAFKA, Fault.LAG);
    assertThat(Topology.KAFKA.faults())
        .containsAll(Topology.SERVE.faults())
        .contains(Fault.RELAY, Fault.GATEWAY, Fault.KAFKA)
        .doesNotContain(Fault.REDIS, Fault.LAG);
  }
}
