package dev.orderwire.cli;

import dev.orderwire.cli.client.ApiClient;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Requests to {@code /api/connections} of a server, for the commands that administrators use. */
final class AdminRequests {
  static final String PATH = "/api/connections";

  @Mixin private SettingsOption settingsOption = new SettingsOption();
  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "The role in which you ask, if you have several.")
  private @Nullable String role;

  JsonNode get(Environment environment, Map<String, @Nullable String> parameters) {
    return client().get(uri(environment, PATH, parameters), headers());
  }

  JsonNode delete(Environment environment, String path, Map<String, @Nullable String> parameters) {
    return client().delete(uri(environment, path, parameters), headers());
  }

  private ApiClient client() {
    return new ApiClient(serverOptions.authorities());
  }

  private Map<String, @Nullable String> headers() {
    Map<String, @Nullable String> headers = new HashMap<>();
    headers.put(
        "Authorization", serverOptions.token() == null ? null : "Bearer " + serverOptions.token());
    return headers;
  }

  private URI uri(Environment environment, String path, Map<String, @Nullable String> parameters) {
    Map<String, @Nullable String> all = new LinkedHashMap<>(parameters);
    all.put("role", role);
    String query =
        all.entrySet().stream()
            .filter(each -> each.getValue() != null)
            .map(each -> each.getKey() + "=" + encoded(String.valueOf(each.getValue())))
            .collect(Collectors.joining("&"));
    return ServerAddress.http(
        serverOptions.address(environment, settingsOption),
        query.isEmpty() ? path : path + "?" + query);
  }

  /** A text as a part of a URL. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
