package dev.orderwire.mysql;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far the connections to MySQL are encrypted and MySQL is verified; the next one goes further.
 */
public enum TlsMode {
  DISABLED("DISABLED"),
  /** Encrypted if MySQL offers it. */
  PREFERRED("PREFERRED"),
  REQUIRED("REQUIRED"),
  /** Required, and a trusted authority has issued MySQL's certificate. */
  VERIFY_CA("VERIFY_CA"),
  /** Also, the certificate names MySQL's host. */
  VERIFY_FULL("VERIFY_IDENTITY");

  private final String sslMode;

  TlsMode(String sslMode) {
    this.sslMode = sslMode;
  }

  /** Its name in the settings, such as {@code verify-full}. */
  public String setting() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The mode with this name in the settings. */
  public static Optional<TlsMode> ofSetting(String name) {
    return Arrays.stream(values()).filter(mode -> mode.setting().equals(name)).findFirst();
  }

  /** The names in the settings, the laxest first. */
  public static List<String> settings() {
    return Arrays.stream(values()).map(TlsMode::setting).toList();
  }

  /** The mode with this name in MySQL Connector/J, in capitals or not. */
  static Optional<TlsMode> ofSslMode(String name) {
    return Arrays.stream(values())
        .filter(mode -> mode.sslMode.equals(name.toUpperCase(Locale.ROOT)))
        .findFirst();
  }

  public boolean verifies() {
    return compareTo(VERIFY_CA) >= 0;
  }

  /**
   * The mode as properties of MySQL Connector/J.
   *
   * @param authorities a PEM file with the authorities that are trusted; null for those that this
   *     Java trusts
   */
  public Map<String, String> properties(@Nullable Path authorities) {
    Map<String, String> properties = new HashMap<>();
    properties.put("sslMode", sslMode);
    if (authorities != null) {
      properties.put(MysqlTls.TRUST_STORE + "Url", authorities.toAbsolutePath().toUri().toString());
      properties.put(MysqlTls.TRUST_STORE + "Type", MysqlTls.PEM);
    }
    return Map.copyOf(properties);
  }
}
