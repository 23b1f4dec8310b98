package dev.orderwire.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.proxy.Proxies.Header;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What proxies write about their clients: the header of the PROXY protocol; and each line as a
 * header {@code Forwarded} and one {@code X-Forwarded-For}. What stands before the last untrusted
 * address, its client wrote itself: it changes nothing, on lines of its own or on that of the
 * proxy.
 */
public final class ProxyFuzz {
  private static final List<String> TRUSTED = List.of("10.0.0.0/8", "2001:db8::/32");
  private static final InetAddress CLIENT =
      Objects.requireNonNull(AddressRange.address("192.0.2.7"));

  private ProxyFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    protocol(input);
    String text = new String(input, StandardCharsets.ISO_8859_1);
    List<String> lines = text.lines().toList();
    for (Header header : Header.values()) {
      Proxies proxies = new Proxies(TRUSTED, header, false);
      HttpHeaders headers = headers(lines);
      InetAddress client = proxies.client(headers);
      if (client != null) {
        assertThat(client.getAddress()).hasSizeBetween(4, 16);
      }
      var _ = proxies.isSecure(headers);
      headers.add("x-forwarded-for", "192.0.2.7, 10.1.2.3").add("forwarded", "for=192.0.2.7");
      assertThat(proxies.client(headers)).isEqualTo(CLIENT);
      HttpHeaders appended = headers(List.of());
      for (String line : lines) {
        appended
            .add("x-forwarded-for", line + ", 192.0.2.7")
            .add("x-forwarded-proto", line + ", https")
            .add(
                "forwarded", line + ", for=\"192.0.2.7:80\";proto=https, for=10.1.2.3;proto=https");
        assertThat(proxies.client(appended)).isEqualTo(CLIENT);
        assertThat(proxies.isSecure(appended)).isTrue();
      }
    }
  }

  /** The connection begins, is refused with a reason, or waits for the rest of its header. */
  private static void protocol(byte[] input) {
    EmbeddedChannel channel = new EmbeddedChannel();
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    ProxyHeader.await(
        channel.pipeline(),
        CLIENT,
        new Proxies(TRUSTED, Header.FORWARDED, true),
        5,
        peer -> {
          assertThat(peer.address()).isNotNull();
          begun.incrementAndGet();
        },
        (_, _) -> refused.incrementAndGet());
    channel.writeInbound(Unpooled.copiedBuffer(input));
    channel.checkException();
    assertThat(begun.get() + refused.get()).isEqualTo(channel.isOpen() && begun.get() == 0 ? 0 : 1);
    channel.finishAndReleaseAll();
  }

  private static HttpHeaders headers(List<String> lines) {
    HttpHeaders headers =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    lines.forEach(line -> headers.add("x-forwarded-for", line).add("forwarded", line));
    return headers;
  }
}
