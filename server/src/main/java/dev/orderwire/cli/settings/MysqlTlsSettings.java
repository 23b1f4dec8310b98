package dev.orderwire.cli.settings;

import dev.orderwire.mysql.TlsMode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Turns {@code mysql.tls} into properties of the driver, beside those that the user sets. */
final class MysqlTlsSettings {
  /** What {@code mysql.tls} takes the place of, or what would take its place; in small letters. */
  private static final List<String> RIVALS =
      List.of(
          "sslmode",
          "usessl",
          "requiressl",
          "verifyservercertificate",
          "trustcertificatekeystoreurl",
          "trustcertificatekeystoretype",
          "socketfactory");

  private MysqlTlsSettings() {}

  static void check(Settings.Mysql mysql, Problems problems) {
    Optional<TlsMode> mode = TlsMode.ofSetting(mysql.tls());
    if (mode.isEmpty()) {
      problems.add(
          "mysql.tls must be one of %s, not '%s'"
              .formatted(String.join(", ", TlsMode.settings()), mysql.tls()));
      return;
    }
    if (!mysql.tlsCa().isEmpty() && !mode.get().verifies()) {
      problems.add(
          "mysql.tls-ca has no effect while mysql.tls is %s: set mysql.tls to verify-full or verify-ca"
              .formatted(mysql.tls()));
    }
    if (mode.get() != TlsMode.PREFERRED) {
      mysql.properties().keySet().stream()
          .filter(name -> RIVALS.contains(name.toLowerCase(Locale.ROOT)))
          .forEach(name ->
              problems.add("mysql.tls and mysql.properties.%s: set one of them".formatted(name)));
    }
  }

  /** The properties of a connection. */
  static Map<String, String> properties(Settings.Mysql mysql) {
    TlsMode mode = TlsMode.ofSetting(mysql.tls()).orElseThrow();
    if (mode == TlsMode.PREFERRED) {
      // The driver's default too. The user may have set a property instead.
      return mysql.properties();
    }
    Map<String, String> all = new HashMap<>(mysql.properties());
    all.putAll(mode.properties(mysql.tlsCa().isEmpty() ? null : Path.of(mysql.tlsCa())));
    return all;
  }
}
