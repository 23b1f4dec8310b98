package dev.orderwire.gateway.http;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the credential of a request: in the header {@code Authorization}, in a subprotocol, as
 * browsers can set no header of a WebSocket, or in the URL.
 */
final class Credential {
  /** The beginning of a subprotocol that carries a token. */
  private static final String SUBPROTOCOL = "orderwire.token.";

  private static final Pattern BEARER = Pattern.compile("(?i)Bearer +(\\S+) *");
  private static final String PARAMETER = "token";

  private static final String OTHER = "orderwire-for";

  private Credential() {}

  /**
   * The credential of a request; empty if it has none.
   *
   * @throws OrderwireException {@code not_authenticated} if it has several, or one of another kind
   */
  static Optional<String> of(HttpRequest request) {
    List<String> found = new ArrayList<>();
    for (String header : request.headers().getAllAsString(HttpHeaderNames.AUTHORIZATION)) {
      Matcher bearer = BEARER.matcher(header);
      if (!bearer.matches()) {
        throw refused(
            "the header Authorization must be Bearer, a space, and a token or an API key");
      }
      found.add(bearer.group(1));
    }
    offered(request.headers()).stream()
        .filter(Credential::isToken)
        .map(protocol -> protocol.substring(SUBPROTOCOL.length()))
        .forEach(found::add);
    found.addAll(inUrl(request.uri()));
    if (found.size() > 1) {
      throw refused("the request has more than one token: send one, in one place");
    }
    return found.stream().findFirst();
  }

  /**
   * The credential of another client, which an explanation is about. In a header alone: URLs stand
   * in the logs of proxies.
   *
   * @throws OrderwireException {@code bad_parameter} if there are several
   */
  static Optional<String> ofOther(HttpHeaders headers) {
    List<String> found = headers.getAllAsString(OTHER);
    if (found.size() > 1) {
      throw new OrderwireException(
          ErrorCode.BAD_PARAMETER, "the header Orderwire-For must not be repeated");
    }
    return found.stream().findFirst();
  }

  /** The subprotocols that a client offers. */
  static List<String> offered(HttpHeaders headers) {
    return headers.getAllAsString(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
        .flatMap(each -> Arrays.stream(each.split(",")))
        .map(String::strip)
        .toList();
  }

  /** Whether a subprotocol only carries a token. */
  static boolean isToken(String subprotocol) {
    return subprotocol.startsWith(SUBPROTOCOL);
  }

  private static List<String> inUrl(String uri) {
    try {
      return QueryStringDecoder.builder()
          .semicolonIsNormalChar(true)
          .build(uri)
          .parameters()
          .getOrDefault(PARAMETER, List.of());
    } catch (IllegalArgumentException e) {
      throw refused("the URL's parameters must be percent-encoded");
    }
  }

  /** A URL without the token in it, however its parameter is written, for logs. */
  static String redacted(String uri) {
    int query = uri.indexOf('?') + 1;
    return query == 0
        ? uri
        : Arrays.stream(uri.substring(query).split("&", -1))
            .map(Credential::redactedParameter)
            .collect(Collectors.joining("&", uri.substring(0, query), ""));
  }

  private static String redactedParameter(String parameter) {
    int value = parameter.indexOf('=') + 1;
    return value > 0 && isTokensName(parameter.substring(0, value - 1))
        ? parameter.substring(0, value) + '…'
        : parameter;
  }

  private static boolean isTokensName(String encoded) {
    try {
      return QueryStringDecoder.decodeComponent(encoded).equalsIgnoreCase(PARAMETER);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static OrderwireException refused(String message) {
    return new OrderwireException(ErrorCode.NOT_AUTHENTICATED, message);
  }
}
