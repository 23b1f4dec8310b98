package dev.orderwire.gateway.tls;

import dev.orderwire.change.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Tells a client that speaks HTTP without TLS to use TLS, and closes the connection. Others are
 * only closed.
 */
final class PlainRefusal extends ChannelInboundHandlerAdapter {
  private static final String BODY =
      "{\"error\":{\"code\":\"%s\",\"message\":\"this port speaks TLS only: use https:// or wss://\"}}"
          .formatted(ErrorCode.BAD_REQUEST.text());

  private static final String ANSWER =
      "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: "
          + BODY.length()
          + "\r\nconnection: close\r\n\r\n"
          + BODY;

  private boolean answered;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (!answered && message instanceof ByteBuf begin) {
        answered = true;
        answer(context, begin);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // A client that is gone needs no answer.
  private static void answer(ChannelHandlerContext context, ByteBuf begin) {
    if (!Character.isUpperCase(begin.getByte(begin.readerIndex()))) {
      context.close();
      return;
    }
    context.writeAndFlush(Unpooled.copiedBuffer(ANSWER, StandardCharsets.US_ASCII));
    // Not at once: a socket that is closed with unread bytes takes the answer back.
    context.executor().schedule(() -> context.close(), 1, TimeUnit.SECONDS);
  }
}
