package dev.orderwire.bus.redis;

import dev.orderwire.tls.Identity;
import dev.orderwire.tls.Trust;
import io.lettuce.core.SslOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/** Whom to trust, and what to show. The files are read once, so that a mistake ends the start. */
final class RedisTls {
  private RedisTls() {}

  /**
   * @param isOn whether the address is one with TLS
   * @throws dev.orderwire.change.OrderwireException {@code bad_settings} if a file is missing or
   *     damaged, or TLS is off
   */
  static SslOptions of(RedisProperties given, boolean isOn) {
    Optional<String> useless =
        Stream.of("verifyPeer", "cacert", "cert", "key")
            .filter(name -> given.text(name).isPresent())
            .findFirst();
    if (!isOn && useless.isPresent()) {
      throw given.bad(
          "%s is for TLS: write rediss:// in %s".formatted(useless.get(), given.setting()));
    }
    SslOptions.Builder options = SslOptions.builder();
    try {
      Optional<Path> authorities = given.file("cacert");
      if (authorities.isPresent()) {
        options.trustManager(trust(authorities.get()));
      }
      Optional<Path> certificate = given.file("cert");
      Optional<Path> key = given.file("key");
      if (certificate.isPresent() != key.isPresent()) {
        throw given.bad("cert and key need each other");
      }
      if (certificate.isPresent()) {
        options.keyManager(identity(Identity.read(certificate.get(), key.orElseThrow())));
      }
    } catch (IOException | GeneralSecurityException e) {
      throw given.bad(String.valueOf(e.getMessage()));
    }
    return options.build();
  }

  private static TrustManagerFactory trust(Path authorities)
      throws IOException, GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(Trust.only(authorities));
    return factory;
  }

  private static KeyManagerFactory identity(Identity identity)
      throws IOException, GeneralSecurityException {
    char[] none = {};
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry(
        "bus", identity.key(), none, identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, none);
    return factory;
  }
}
