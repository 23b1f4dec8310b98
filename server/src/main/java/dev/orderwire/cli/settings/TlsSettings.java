package dev.orderwire.cli.settings;

/** Which settings of the clients' TLS belong together. */
final class TlsSettings {
  private TlsSettings() {}

  static void check(Settings.Tls tls, Problems problems) {
    if (tls.certificate().isEmpty() != tls.key().isEmpty()) {
      problems.add("server.tls.certificate and server.tls.key must be set together, or neither");
    } else if (!tls.clientCa().isEmpty() && !tls.isOn()) {
      problems.add("server.tls.client-ca needs server.tls.certificate and server.tls.key");
    }
  }
}
