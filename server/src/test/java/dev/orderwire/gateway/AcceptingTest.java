package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.Resource;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class AcceptingTest {
  /** As Linux says it to a process with too many open files. */
  @Test
  void aSystemWithoutSocketsIsToldAndAFewSocketsAreNoEnd() {
    CountingTraffic traffic = new CountingTraffic();
    Accepting accepting = new Accepting(traffic);
    EmbeddedChannel listening = new EmbeddedChannel(accepting);
    accepting.accepted();
    listening.pipeline().fireExceptionCaught(new IOException("accept(..): Too many open files"));
    listening.checkException();
    assertThat(traffic.refusing).containsExactly(Resource.SOCKETS);
    accepting.accepted();
    assertThat(traffic.refusing).containsExactly(Resource.SOCKETS);
  }
}
