package dev.orderwire.cli;

import dev.orderwire.cli.settings.Settings;
import java.net.URI;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The address of a server's WebSocket; on the command line also the address of its pages. */
final class ServerAddress implements ITypeConverter<URI> {
  @Override
  public URI convert(String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw notAnAddress(text);
    }
    if (uri.getHost() == null || uri.getScheme() == null) {
      throw notAnAddress(text);
    }
    String scheme =
        switch (uri.getScheme()) {
          case "ws", "http" -> "ws";
          case "wss", "https" -> "wss";
          default -> throw notAnAddress(text);
        };
    String path =
        uri.getRawPath().isEmpty() || uri.getRawPath().equals("/") ? "/ws" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return URI.create(scheme + "://" + uri.getRawAuthority() + path + query);
  }

  private static TypeConversionException notAnAddress(String text) {
    return new TypeConversionException(
        "'%s' is not the address of a server, such as ws://127.0.0.1:8000/ws".formatted(text));
  }

  static URI websocket(Settings.Server server, int port) {
    return of(server.tls().isOn() ? "wss" : "ws", server.host(), port, "/ws");
  }

  static URI dashboard(Settings.Server server, int port) {
    return of(server.tls().isOn() ? "https" : "http", server.host(), port, "/client");
  }

  static URI health(Settings.Server server, int port) {
    return of(server.tls().isOn() ? "https" : "http", server.host(), port, "/health");
  }

  /**
   * The address of a path of the HTTP API.
   *
   * @param websocket the address of the server's WebSocket
   * @param pathAndQuery percent-encoded
   */
  static URI http(URI websocket, String pathAndQuery) {
    String before = websocket.getRawPath().replaceFirst("/ws$", "");
    return URI.create(
        websocket.getScheme().replace("ws", "http")
            + "://"
            + websocket.getRawAuthority()
            + before
            + pathAndQuery);
  }

  /** The address that clients on this machine use if the server listens on {@code host}. */
  private static URI of(String scheme, String host, int port, String path) {
    String target =
        switch (host) {
          case "0.0.0.0" -> "127.0.0.1";
          case "::" -> "::1";
          default -> host;
        };
    String literal = target.contains(":") ? "[" + target + "]" : target;
    return URI.create("%s://%s:%d%s".formatted(scheme, literal, port, path));
  }
}
