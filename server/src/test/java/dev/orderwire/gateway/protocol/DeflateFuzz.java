package dev.orderwire.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.fuzz.Parsing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Compressed messages of a client: its bytes, without the header of the frame. */
public final class DeflateFuzz {
  private static final int MOST = 65_536;

  private DeflateFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    ByteBuf plain = Parsing.accepted(() -> Deflate.inflate(Unpooled.wrappedBuffer(input), MOST));
    if (plain == null) {
      return;
    }
    assertThat(plain.readableBytes()).isLessThanOrEqualTo(MOST);
    ByteBuf compressed = Unpooled.buffer();
    Deflate.deflate(plain, compressed);
    ByteBuf again = Deflate.inflate(compressed, MOST);
    assertThat(again).isEqualTo(plain);
    plain.release();
  }
}
