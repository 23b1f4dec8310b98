package dev.orderwire.gateway.tls;

import dev.orderwire.tls.Identity;
import dev.orderwire.tls.Trust;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of the server's TLS, in PEM form.
 *
 * @param certificate the server's certificate, then those of the authorities between it and the
 *     root
 * @param key its key, as PKCS#8, not encrypted
 * @param clientAuthorities the authorities one of which must have issued each client's certificate;
 *     null if clients need none
 */
public record TlsFiles(Path certificate, Path key, @Nullable Path clientAuthorities) {
  /** Only with forward secrecy and authenticated encryption; the best first. */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** What new connections use. */
  record Loaded(Identity identity, SslContext context) {}

  /** Reads the files. The message of an exception names the file and the way out. */
  Loaded load() throws IOException {
    Identity identity = Identity.read(certificate, key);
    SslContextBuilder builder =
        SslContextBuilder.forServer(
                identity.key(), identity.chain().toArray(X509Certificate[]::new))
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE);
    if (clientAuthorities != null) {
      builder
          .trustManager(Trust.authorities(clientAuthorities).toArray(X509Certificate[]::new))
          .clientAuth(ClientAuth.REQUIRE);
    }
    return new Loaded(identity, builder.build());
  }

  /**
   * A number that changes with the content of the files. A file that is missing counts as empty.
   */
  int fingerprint() {
    int all = 0;
    for (@Nullable Path file : new @Nullable Path[] {certificate, key, clientAuthorities}) {
      all = 31 * all + (file == null ? 0 : Arrays.hashCode(content(file)));
    }
    return all;
  }

  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      return new byte[0];
    }
  }
}
