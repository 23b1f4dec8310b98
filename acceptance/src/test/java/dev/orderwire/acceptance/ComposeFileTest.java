package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.orderwire.cli.settings.Settings;
import dev.orderwire.cli.settings.SettingsLoader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code deploy/compose.yaml} and the files that it uses, as far as they can be checked here. */
final class ComposeFileTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** A file with the anchors and aliases of YAML resolved. */
  private static JsonNode yaml(String name) {
    return JSON.valueToTree(new Yaml().<Object>load(DeployFolder.text(name)));
  }

  private static List<?> errors(JsonNode compose) throws IOException {
    try (InputStream file =
        ComposeFileTest.class.getResourceAsStream("/compose-spec/schema.json")) {
      // It says that it is of a later draft, and has a key word of an earlier one, which is not
      // used.
      JsonNode document = JSON.readTree(file);
      ((ObjectNode) document).remove("$schema");
      removeIds(document);
      // Its durations are those of Compose (40s), and not those of ISO 8601.
      SchemaRegistryConfig config =
          SchemaRegistryConfig.builder().formatAssertionsEnabled(false).build();
      Schema schema =
          SchemaRegistry.withDefaultDialect(
                  SpecificationVersion.DRAFT_7, builder -> builder.schemaRegistryConfig(config))
              .getSchema(document);
      return schema.validate(compose.toString(), InputFormat.JSON);
    }
  }

  private static void removeIds(JsonNode node) {
    if (node instanceof ObjectNode object && object.path("id").isString()) {
      object.remove("id");
    }
    node.forEach(ComposeFileTest::removeIds);
  }

  @Test
  void theFileIsAComposeFile() throws IOException {
    assertThat(errors(yaml("compose.yaml"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"restart_policy: always", "ports: 8000", "depends_on: {redis: {condition: soon}}"})
  void theSchemaFindsMistakes(String mistake) throws IOException {
    String compose = "services: {one: {image: one, %s}}".formatted(mistake);
    assertThat(errors(JSON.valueToTree(new Yaml().<Object>load(compose)))).isNotEmpty();
  }

  private static JsonNode service(String name) {
    return Objects.requireNonNull(services().get(name), () -> "there is no service " + name);
  }

  private static Map<String, JsonNode> services() {
    Map<String, JsonNode> services = new HashMap<>();
    yaml("compose.yaml")
        .get("services")
        .properties()
        .forEach(each -> services.put(each.getKey(), each.getValue()));
    return services;
  }

  private static Map<String, JsonNode> ofRole(String role) {
    return services().entrySet().stream()
        .filter(each -> each.getValue().at("/command/0").asString("").equals(role))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Test
  void theClusterHasTheParts() {
    assertThat(ofRole("relay")).containsOnlyKeys("relay-1", "relay-2");
    assertThat(ofRole("gateway")).containsOnlyKeys("gateway-1", "gateway-2", "gateway-3");
    assertThat(services()).containsKeys("mysql", "redis", "haproxy", "prometheus");
    services()
        .values()
        .forEach(service ->
            service
                .path("depends_on")
                .properties()
                .forEach(each -> assertThat(services()).containsKey(each.getKey())));
  }

  @Test
  void everyMountedFileIsThereExceptForTheCertificate() {
    Set<String> mounted = new TreeSet<>();
    services()
        .values()
        .forEach(service ->
            service
                .path("volumes")
                .forEach(volume -> mounted.add(volume.asString().split(":", -1)[0])));
    mounted.removeIf(each -> !each.startsWith("./"));
    assertThat(mounted).contains("./haproxy.cfg").contains("./certificate.pem");
    mounted.remove("./certificate.pem");
    assertThat(mounted).allSatisfy(each -> assertThat(DeployFolder.file(each)).exists());
  }

  /** As relays and gateways read them: their file and their variables. */
  @Test
  void theSettingsAreValid() throws IOException {
    List<JsonNode> servers = new ArrayList<>(ofRole("relay").values());
    servers.addAll(ofRole("gateway").values());
    for (JsonNode server : servers) {
      assertThat(server.get("volumes").get(0).asString())
          .isEqualTo("./orderwire.yaml:/etc/orderwire/orderwire.yaml:ro");
      Map<String, String> variables = new HashMap<>();
      server
          .get("environment")
          .properties()
          .forEach(each ->
              variables.put(
                  each.getKey(),
                  each.getValue()
                      .asString()
                      .replaceFirst("\\$\\{.*}", "of at least thirty-two bytes, here")));

      Settings settings =
          SettingsLoader.load(
              List.of(), Optional.of(DeployFolder.file("orderwire.yaml")), variables, Map.of());

      assertThat(settings.mysql().host()).isEqualTo("mysql");
      assertThat(settings.bus().url()).isEqualTo("redis://redis:6379");
      assertThat(settings.auth().options()).isPresent();
      String haproxy = service("haproxy").at("/networks/inside/ipv4_address").asString();
      assertThat(settings.proxies().trusted()).containsExactly(haproxy);
      assertThat(settings.proxies().proxies().peer(InetAddress.ofLiteral(haproxy)).trusted())
          .isTrue();
      assertThat(server.get("stop_grace_period").asString())
          .isEqualTo("40s")
          .satisfies(text ->
              assertThat(Integer.parseInt(text.replace("s", "")))
                  .isGreaterThan(settings.server().drain().limitSeconds()));
    }
  }

  private static Set<String> matches(String pattern, String file) {
    return Pattern.compile(pattern)
        .matcher(DeployFolder.text(file))
        .results()
        .map((MatchResult result) -> result.group(1))
        .collect(Collectors.toSet());
  }

  @Test
  void haproxyHasTheVariablesThatItsFileNeeds() {
    Map<String, String> variables = new HashMap<>();
    service("haproxy")
        .get("environment")
        .properties()
        .forEach(each -> variables.put(each.getKey(), each.getValue().asString()));
    Set<String> optional = matches("\\.if defined\\((\\w+)\\)", "haproxy.cfg");
    Set<String> needed = new HashSet<>(matches("\"\\$\\{(\\w+)}\"", "haproxy.cfg"));
    assertThat(variables.keySet()).isSubsetOf(needed);
    needed.removeAll(optional);
    assertThat(variables.keySet()).containsAll(needed);
    assertThat(
            variables.entrySet().stream()
                .filter(each -> each.getKey().startsWith("GATEWAY_"))
                .map(Map.Entry::getValue))
        .containsExactlyInAnyOrderElementsOf(
            ofRole("gateway").keySet().stream().map(name -> name + ":8000").toList());
  }

  @Test
  void prometheusAsksAllServersAndHaproxy() {
    List<String> targets = new ArrayList<>();
    yaml("prometheus.yml")
        .get("scrape_configs")
        .forEach(job ->
            job.get("static_configs")
                .forEach(
                    each -> each.get("targets").forEach(target -> targets.add(target.asString()))));
    Set<String> expected = new HashSet<>();
    ofRole("relay").keySet().forEach(name -> expected.add(name + ":8000"));
    ofRole("gateway").keySet().forEach(name -> expected.add(name + ":8000"));
    expected.add("haproxy" + service("haproxy").at("/environment/LISTEN_METRICS").asString());
    assertThat(targets).containsExactlyInAnyOrderElementsOf(expected);
  }
}
