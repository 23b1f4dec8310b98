package dev.orderwire.cli.settings;

import dev.orderwire.gateway.proxy.Proxies;
import java.util.List;
import java.util.Locale;

/** The proxies in front of the server. */
public record ProxySettings(
    @Setting(
            defaultValue = "",
            description =
                "The addresses of the proxies in front of the server, or their networks"
                    + " (`10.0.0.0/8`). Only they are believed about the addresses of clients; see"
                    + " [behind a proxy](../network.md#behind-a-proxy).")
        List<String> trusted,
    @Setting(
            defaultValue = "x-forwarded-for",
            description =
                "The header in which these proxies name the client: `x-forwarded-for` or"
                    + " `forwarded`.")
        String header,
    @Setting(
            defaultValue = "false",
            description =
                "Whether each connection from these proxies begins with a header of the PROXY"
                    + " protocol, version 1 or 2.")
        boolean proxyProtocol) {
  public ProxySettings {
    trusted = List.copyOf(trusted);
  }

  /** The same for the gateway. */
  public Proxies proxies() {
    return new Proxies(trusted, headerOf(header), proxyProtocol);
  }

  private static Proxies.Header headerOf(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "x-forwarded-for" -> Proxies.Header.X_FORWARDED_FOR;
      case "forwarded" -> Proxies.Header.FORWARDED;
      default -> throw new IllegalArgumentException(text);
    };
  }

  void check(Problems problems) {
    try {
      headerOf(header);
    } catch (IllegalArgumentException _) {
      problems.add(
          "proxies.header must be x-forwarded-for or forwarded, not '%s'".formatted(header));
      return;
    }
    try {
      Proxies _ = proxies();
    } catch (IllegalArgumentException e) {
      problems.add("proxies.trusted %s".formatted(e.getMessage()));
    }
    if (proxyProtocol && trusted.isEmpty()) {
      problems.add(
          "proxies.proxy-protocol needs proxies.trusted: the header is read from these addresses only");
    }
  }
}
