package dev.orderwire.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** An authority that issues certificates for a test. The JDK's keytool makes them. */
public final class TestAuthority {
  /**
   * A certificate and its key, in PEM files.
   *
   * @param store both, with the authority's certificate
   */
  public record Issued(Path certificate, Path key, Path store) {}

  private static final String PASSWORD = "secret";
  private static final String AUTHORITY = "authority";
  private static final String ISSUED = "issued";

  private final Path folder;
  private final String name;
  private int issued;

  /**
   * Creates the authority.
   *
   * @param folder for its files
   */
  public TestAuthority(Path folder, String name) {
    this.folder = folder;
    this.name = name;
    keytool(store(), AUTHORITY, "CN=" + name, "-ext", "bc:c");
    pem(certificate(), "CERTIFICATE", encoded(chain(store(), AUTHORITY)[0]));
  }

  private Path store() {
    return folder.resolve(name + ".p12");
  }

  /** The PEM file with the authority's certificate. */
  public Path certificate() {
    return folder.resolve(name + ".pem");
  }

  /**
   * Issues a certificate.
   *
   * @param names such as {@code dns:localhost,ip:127.0.0.1}
   * @param options further options of keytool
   */
  public Issued issue(String commonName, String names, String... options) {
    String file = name + "-" + ++issued;
    Path store = folder.resolve(file + ".p12");
    try {
      Files.copy(store(), store);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> all = new ArrayList<>(List.of("-signer", AUTHORITY, "-signerkeypass", PASSWORD));
    all.addAll(List.of("-ext", "san=" + names));
    all.addAll(List.of(options));
    keytool(store, ISSUED, "CN=" + commonName, all.toArray(String[]::new));
    Issued made = new Issued(folder.resolve(file + ".pem"), folder.resolve(file + ".key"), store);
    pem(made.certificate, "CERTIFICATE", encoded(chain(store, ISSUED)[0]));
    pem(made.key, "PRIVATE KEY", key(store).getEncoded());
    return made;
  }

  private static void keytool(Path store, String alias, String subject, String... more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", alias, "-dname", subject));
    if (!List.of(more).contains("-keyalg")) {
      command.addAll(List.of("-keyalg", "RSA"));
    }
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    command.addAll(List.of(more));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore load(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Certificate[] chain(Path store, String alias) {
    try {
      return load(store).getCertificateChain(alias);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Key key(Path store) {
    try {
      return load(store).getKey(ISSUED, PASSWORD.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] encoded(Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pem(Path file, String label, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    try {
      Files.writeString(
          file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, base64, label));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client's TLS that trusts this authority alone. */
  public SSLContext trusted() {
    return client(null);
  }

  /**
   * A client's TLS that trusts this authority alone.
   *
   * @param own the client's own certificate; null for none
   */
  public SSLContext client(@Nullable Issued own) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(AUTHORITY, chain(store(), AUTHORITY)[0]);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      KeyManager[] keys = {};
      if (own != null) {
        KeyStore store = load(own.store);
        store.deleteEntry(AUTHORITY);
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        keys = factory.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
