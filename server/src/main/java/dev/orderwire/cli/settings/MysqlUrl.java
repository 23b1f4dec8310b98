package dev.orderwire.cli.settings;

import dev.orderwire.mysql.MysqlOptions;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code mysql.url}: host, port, user, password, database and properties in one setting. Each
 * source replaces its URL with the parts, so that later sources override each part like any other
 * setting.
 */
final class MysqlUrl {
  private static final List<String> MYSQL = List.of("mysql");
  private static final List<String> PATH = Name.child(MYSQL, "url");
  private static final List<String> PROPERTIES = Name.child(MYSQL, "properties");

  static final Key KEY =
      new Key(
          PATH,
          "",
          "Host, port, user, password and database at once: `mysql://USER:PASSWORD@HOST:PORT/DATABASE?sslMode=REQUIRED`, or"
              + " the same with `jdbc:mysql://`. Special characters must be percent-encoded.",
          Name.variables(PATH));

  private static final Pattern URL =
      Pattern.compile(
          "(?:jdbc:)?mysql://"
              + "(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?"
              + "(?<host>\\[[0-9A-Fa-f:.]+]|[^\\[\\]:@/?#,()]+)(?::(?<port>\\d+))?"
              + "(?:/(?<database>[^/?#]*))?"
              + "(?:\\?(?<properties>[^#]*))?");

  private MysqlUrl() {}

  /** Replaces the URL, if there is one, with its parts. Parts that the source sets itself win. */
  static void expand(Map<List<String>, RawValue> source, Problems problems) {
    RawValue url = source.remove(PATH);
    if (url == null || !(url.content() instanceof RawValue.Content.Text(String text))) {
      return;
    }
    try {
      parts(text)
          .forEach((part, value) -> source.putIfAbsent(part, RawValue.text(value, url.origin())));
    } catch (IllegalArgumentException e) {
      // Without the URL itself, which may contain a password.
      problems.add(
          "mysql.url (%s) must look like mysql://USER:PASSWORD@HOST:PORT/DATABASE, with @ : / ? # %% in user and password percent-encoded"
              .formatted(url.origin()));
    }
  }

  static boolean isValid(String url) {
    try {
      return Integer.parseInt(parts(url).get(Name.child(MYSQL, "port"))) <= 65_535;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * The options of a URL; what it leaves out is as in {@code others}.
   *
   * @throws IllegalArgumentException if it is none; the message does not have it
   */
  static MysqlOptions options(String url, MysqlOptions others) {
    Map<List<String>, String> parts = parts(url);
    Map<String, String> properties = new HashMap<>(others.properties());
    parts.forEach((path, value) -> {
      if (Name.isWithin(PROPERTIES, path)) {
        properties.put(path.getLast(), value);
      }
    });
    return new MysqlOptions(
        parts.getOrDefault(Name.child(MYSQL, "host"), others.host()),
        Integer.parseInt(parts.get(Name.child(MYSQL, "port"))),
        parts.getOrDefault(Name.child(MYSQL, "user"), others.user()),
        parts.getOrDefault(Name.child(MYSQL, "password"), others.password()),
        parts.getOrDefault(Name.child(MYSQL, "database"), others.database()),
        others.poolSize(),
        properties);
  }

  private static Map<List<String>, String> parts(String url) {
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw new IllegalArgumentException();
    }
    Map<List<String>, String> parts = new LinkedHashMap<>();
    for (String name : List.of("host", "user", "password", "database")) {
      String text = matcher.group(name);
      if (text != null && !text.isEmpty()) {
        parts.put(Name.child(MYSQL, name), decoded(text));
      }
    }
    String port = matcher.group("port");
    parts.put(Name.child(MYSQL, "port"), port == null ? "3306" : port);
    String properties = matcher.group("properties");
    if (properties != null) {
      for (String property : properties.split("&", -1)) {
        addProperty(property, parts);
      }
    }
    return parts;
  }

  private static void addProperty(String property, Map<List<String>, String> parts) {
    int equals = property.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException();
    }
    String name = decoded(property.substring(0, equals));
    // JDBC URLs may have the user and the password among the properties.
    boolean isPart = name.equals("user") || name.equals("password");
    List<String> path = isPart ? MYSQL : PROPERTIES;
    parts.put(Name.child(path, name), decoded(property.substring(equals + 1)));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
