package dev.orderwire.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import org.junit.jupiter.api.Test;

final class FrameTest {
  private static long usedBytes() {
    return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
  }

  /** As when a server shuts down while it sends a snapshot. */
  @Test
  void anEventOfAReleasedMessageTakesNoMemory() {
    Frame frame = Messages.position("e-1");
    frame.release();
    long before = usedBytes();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> frame.bytesFor(Form.EVENT))
          .isInstanceOf(IllegalReferenceCountException.class);
    }
    assertThat(usedBytes()).isEqualTo(before);
  }
}
