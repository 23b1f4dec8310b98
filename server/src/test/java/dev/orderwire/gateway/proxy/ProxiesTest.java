package dev.orderwire.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
  private static final List<String> TRUSTED = List.of("10.0.0.0/8", "192.0.2.7", "2001:db8::/32");

  private static Proxies proxies(Proxies.Header header) {
    return new Proxies(TRUSTED, header, false);
  }

  private static @Nullable String client(Proxies proxies, String header, String... values) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (String value : values) {
      headers.add(header, value);
    }
    InetAddress client = proxies.client(headers);
    return client == null ? null : client.getHostAddress();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          198.51.100.1                          | 198.51.100.1
          6.6.6.6, 198.51.100.1                 | 198.51.100.1
          6.6.6.6, 198.51.100.1, 10.1.2.3       | 198.51.100.1
          198.51.100.1,10.1.2.3,  192.0.2.7     | 198.51.100.1
          10.9.9.9, 10.1.2.3                    | 10.9.9.9
          198.51.100.1:4711                     | 198.51.100.1
          2a00:1::5                             | 2a00:1:0:0:0:0:0:5
          [2a00:1::5]:4711                      | 2a00:1:0:0:0:0:0:5
          2a00:1::5%eth0                        | 2a00:1:0:0:0:0:0:5
          ::ffff:198.51.100.1                   | 198.51.100.1
          6.6.6.6, unknown                      | none
          6.6.6.6, unknown, 10.1.2.3            | 10.1.2.3
          localhost                             | none
          1.2.3                                 | none
          198.51.100.1,                         | none
          [2a00:1::5                            | none
          """)
  void theClientIsTheLastAddressThatIsNoProxy(String header, @Nullable String client) {
    assertThat(client(proxies(Proxies.Header.X_FORWARDED_FOR), "X-Forwarded-For", header))
        .isEqualTo(client);
  }

  @Test
  void severalHeadersAreOneList() {
    Proxies proxies = proxies(Proxies.Header.X_FORWARDED_FOR);
    assertThat(client(proxies, "x-forwarded-for", "6.6.6.6", "198.51.100.1", "10.1.2.3"))
        .isEqualTo("198.51.100.1");
    assertThat(client(proxies, "x-forwarded-for")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      quoteCharacter = '`',
      textBlock =
          """
          for=198.51.100.1                                         | 198.51.100.1
          For="198.51.100.1:80";proto=https                        | 198.51.100.1
          for="[2a00:1::5]:4711"                                   | 2a00:1:0:0:0:0:0:5
          for=6.6.6.6, for=198.51.100.1;by=10.1.2.3, for=10.1.2.3  | 198.51.100.1
          for=6.6.6.6, by="for=7.7.7.7, for=8.8.8.8";for=1.1.1.1   | 1.1.1.1
          for=6.6.6.6, for=_hidden                                 | none
          for=6.6.6.6, proto=https                                 | none
          for="6.6.6.6                                             | none
          for="198.51.100.1";by="a\\"b,c\\\\"                         | 198.51.100.1
          """)
  void aForwardedHeaderIsReadAsRfc7239Says(String header, @Nullable String client) {
    assertThat(client(proxies(Proxies.Header.FORWARDED), "Forwarded", header)).isEqualTo(client);
  }

  /** It may be the beginning of a quote that the client does not close. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "for=6.6.6.6",
        "for=\"6.6.6.6",
        "for=6.6.6.6;x=\"",
        "for=6.6.6.6;x=\"\\",
        "for=6.6.6.6;x=\"\\\"",
        "for=6.6.6.6;for=6.6.6.6;by=\"a",
        "\"",
        ",;,",
        ""
      })
  void whatAClientWritesBeforeItsProxyChangesNothing(String written) {
    Proxies proxies = proxies(Proxies.Header.FORWARDED);
    for (String appended :
        List.of("for=198.51.100.1", "for=\"198.51.100.1:80\"", "for=198.51.100.1, for=10.1.2.3")) {
      assertThat(client(proxies, "Forwarded", written + ", " + appended)).isEqualTo("198.51.100.1");
      assertThat(client(proxies, "Forwarded", written, appended)).isEqualTo("198.51.100.1");
    }
    assertThat(client(proxies, "Forwarded", written + ", for=\"[2a00:1::5]:80\";by=\"_x\""))
        .isEqualTo("2a00:1:0:0:0:0:0:5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          for=198.51.100.1;proto=https                               | true
          proto=http, for=198.51.100.1;proto="https"                 | true
          x=", for=198.51.100.1;proto=https                          | true
          proto=https, for=198.51.100.1;proto=http                   | false
          proto=https;x=", for=198.51.100.1;proto=http               | false
          proto=https;x=", for="198.51.100.1:80"                     | false
          proto=https;x="                                            | false
          """)
  void onlyTheNearestProxySaysWhetherTheConnectionIsEncrypted(String line, boolean secure) {
    HttpHeaders headers = new DefaultHttpHeaders();
    headers.add("Forwarded", line);
    assertThat(proxies(Proxies.Header.FORWARDED).isSecure(headers)).isEqualTo(secure);
  }

  /** A proxy that sets one header passes on the other one as its client wrote it. */
  @Test
  void theOtherHeaderIsNotRead() {
    assertThat(client(proxies(Proxies.Header.FORWARDED), "X-Forwarded-For", "6.6.6.6")).isNull();
    assertThat(client(proxies(Proxies.Header.X_FORWARDED_FOR), "Forwarded", "for=6.6.6.6"))
        .isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "10.255.0.1, true",
    "11.0.0.1, false",
    "192.0.2.7, true",
    "192.0.2.8, false",
    "2001:db8:ffff::1, true",
    "2001:db9::1, false",
    "::ffff:10.0.0.1, true",
    "::a00:1, false",
  })
  void onlyTheConfiguredAddressesAreTrusted(String address, boolean trusted)
      throws UnknownHostException {
    assertThat(proxies(Proxies.Header.FORWARDED).peer(InetAddress.getByName(address)).trusted())
        .isEqualTo(trusted);
  }

  @Test
  void everyAddressCanBeTrusted() throws UnknownHostException {
    Proxies all = new Proxies(List.of("0.0.0.0/0"), Proxies.Header.FORWARDED, false);
    assertThat(all.peer(InetAddress.getByName("203.0.113.9")).trusted()).isTrue();
    assertThat(all.peer(InetAddress.getByName("2001:db8::1")).trusted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/x",
        "10.0.0.1/8",
        "10.0.0",
        "::/129"
      })
  void anythingButAddressesAndNetworksIsRefused(String text) {
    assertThatThrownBy(() -> new Proxies(List.of(text), Proxies.Header.X_FORWARDED_FOR, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }
}
