package dev.orderwire.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates to accept. */
public final class Trust {
  private Trust() {}

  /**
   * The certificates of the authorities in a PEM file.
   *
   * @throws IOException if there is none; the message names the file
   */
  public static List<X509Certificate> authorities(Path file) throws IOException {
    return new PemFile(file).certificates();
  }

  /** Trusts the authorities in a PEM file, and no others. */
  public static KeyStore only(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    add(authorities(file), store);
    return store;
  }

  private static void add(List<X509Certificate> authorities, KeyStore store)
      throws GeneralSecurityException {
    for (X509Certificate each : authorities) {
      store.setCertificateEntry(String.valueOf(store.size()), each);
    }
  }

  /**
   * A client's TLS that trusts the authorities in a PEM file besides those that this Java trusts.
   *
   * @throws IOException if the file has none; the message names it
   */
  public static SSLContext besideJavas(Path file) throws IOException {
    try {
      KeyStore store = only(file);
      add(List.of(managerOf(null).getAcceptedIssuers()), store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {managerOf(store)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot use the certificates in %s: %s".formatted(file, e), e);
    }
  }

  /**
   * The JDK's checks of a certificate.
   *
   * @param store the trusted authorities; null for those that this Java trusts
   */
  public static X509TrustManager managerOf(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager each : factory.getTrustManagers()) {
      if (each instanceof X509TrustManager manager) {
        return manager;
      }
    }
    throw new GeneralSecurityException("this Java checks no certificates");
  }
}
