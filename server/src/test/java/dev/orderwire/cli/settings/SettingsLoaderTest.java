package dev.orderwire.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.MysqlOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsLoaderTest {
  @TempDir private Path folder;

  @Test
  void aLaterSourceOverridesAnEarlierOne() throws IOException {
    write("orderwire.yaml", "server: {port: 1001, host: 127.0.0.2}\nfeed: {max-changes: 11}");
    assertThat(load(Map.of(), Map.of()).server().port()).isEqualTo(1001);

    write(".env", "ORDERWIRE_SERVER_PORT=1002");
    assertThat(load(Map.of(), Map.of()).server().port()).isEqualTo(1002);

    Map<String, String> environment = Map.of("ORDERWIRE_SERVER_PORT", "1003");
    assertThat(load(environment, Map.of()).server().port()).isEqualTo(1003);

    Settings settings = load(environment, Map.of("server.port", "1004"));
    assertThat(settings.server().port()).isEqualTo(1004);
    assertThat(settings.server().host()).isEqualTo("127.0.0.2");
    assertThat(settings.feed().maxChanges()).isEqualTo(11);
  }

  @Test
  void withoutASourceTheDefaultsApply() {
    Settings settings = load(Map.of(), Map.of());

    assertThat(settings.server())
        .isEqualTo(
            new Settings.Server(
                "127.0.0.1",
                8000,
                List.of(),
                25,
                new DrainSettings(3, 1_000, 25),
                new Settings.Tls("", "", "", 31_536_000)));
    assertThat(settings.tables()).isEqualTo(Map.of("orders", new Settings.TableOptions(false)));
    assertThat(settings.install().auto()).isTrue();
    assertThat(settings.mysql().isSet()).isFalse();
  }

  @Test
  void aDrainMustHaveTimeAfterItsNotice() {
    Map<String, String> variables =
        Map.of(
            "ORDERWIRE_SERVER_DRAIN_NOTICE_SECONDS", "30",
            "ORDERWIRE_SERVER_DRAIN_LIMIT_SECONDS", "30");
    assertThatThrownBy(() -> load(variables, Map.of()))
        .hasMessageContaining(
            "server.drain.limit-seconds (30) must be more than server.drain.notice-seconds (30)");
  }

  @Test
  void eachFileIsReadFromTheFirstFolderThatHasIt() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("orderwire.yaml"), "server.port: 1");
    Files.writeString(other.resolve(".env"), "ORDERWIRE_FEED_MAX_CHANGES=2");
    write("orderwire.yaml", "server.port: 3");

    Settings settings =
        SettingsLoader.load(List.of(folder, other), Optional.empty(), Map.of(), Map.of());

    assertThat(settings.server().port()).isEqualTo(3);
    assertThat(settings.feed().maxChanges()).isEqualTo(2);
  }

  @Test
  void aNamedFileReplacesOrderwireYaml() throws IOException {
    write("orderwire.yaml", "server.port: 1");
    Path named = Files.writeString(folder.resolve("named.yaml"), "server.port: 2");

    Settings settings =
        SettingsLoader.load(List.of(folder), Optional.of(named), Map.of(), Map.of());

    assertThat(settings.server().port()).isEqualTo(2);
    assertThatThrownBy(() ->
            SettingsLoader.load(
                List.of(folder), Optional.of(folder.resolve("none")), Map.of(), Map.of()))
        .isInstanceOf(OrderwireException.class)
        .hasMessageContaining("none");
  }

  @Test
  void allProblemsOfAllSourcesAreReportedTogether() throws IOException {
    write("orderwire.yaml", "server:\n  prot: 8000\n  heartbeat-seconds: 0\nfeed: 7\n");
    write(".env", "ORDERWIRE_FEED_MAX_CHANGES=many\nnonsense\n");

    assertThatThrownBy(() ->
            load(
                Map.of(
                    "ORDERWIRE_INSTAL_AUTO",
                    "true",
                    "ORDERWIRE_SERVER_PORT",
                    "70000",
                    "ORDERWIRE_AUTH_MODE",
                    "jwt"),
                Map.of()))
        .isInstanceOf(OrderwireException.class)
        .hasMessageContaining(
            "server.prot (orderwire.yaml line 2) is not a setting; did you mean server.port?")
        .hasMessageContaining(
            "server.heartbeat-seconds (orderwire.yaml line 3) must be a whole number, 1 to 3600, not '0'")
        .hasMessageContaining(
            "feed (orderwire.yaml line 4) must be a map with feed.max-changes, feed.max-bytes")
        .hasMessageContaining(
            "feed.max-changes (ORDERWIRE_FEED_MAX_CHANGES in .env line 1) must be a whole number")
        .hasMessageContaining(".env line 2 must be NAME=value")
        .hasMessageContaining(
            "environment variable ORDERWIRE_INSTAL_AUTO is not a setting; did you mean ORDERWIRE_INSTALL_AUTO?")
        .hasMessageContaining(
            "server.port (environment variable ORDERWIRE_SERVER_PORT) must be a whole number, 0 to 65535, not '70000'")
        .hasMessageContaining("auth.mode must be none")
        .hasMessageStartingWith("8 problems");
  }

  @Test
  void variablesOfOtherProgramsAreIgnored() {
    assertThat(
            load(Map.of("MYSQL_ROOT_PASSWORD", "x", "ORDERWIRES", "y"), Map.of()).mysql().isSet())
        .isFalse();
  }

  @Test
  void everySettingHasTheVariableOfItsName() {
    for (Key key : Key.all()) {
      if (!key.variables().isEmpty()) {
        assertThat(key.variables().getLast())
            .isEqualTo(
                "ORDERWIRE_"
                    + key.name().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'));
      }
    }
  }

  @Test
  void tablesKeepTheirOrderAndTheirNames() throws IOException {
    write(
        "orderwire.yaml",
        """
        tables:
          line item: {}
          orders:
          "naïve.größe":
            actor: true
        """);

    Settings settings = load(Map.of(), Map.of());

    assertThat(settings.tables())
        .containsExactly(
            Map.entry("line item", new Settings.TableOptions(false)),
            Map.entry("orders", new Settings.TableOptions(false)),
            Map.entry("naïve.größe", new Settings.TableOptions(true)));
  }

  @Test
  void variablesCanSetTables() throws IOException {
    write("orderwire.yaml", "tables: {customers: {actor: true}}");

    assertThat(load(Map.of("ORDERWIRE_TABLES", "b table, a"), Map.of()).tables().keySet())
        .containsExactly("b table", "a");
    assertThat(load(Map.of("ORDERWIRE_TABLES", "{x.y: {actor: true}, z: {}}"), Map.of()).tables())
        .containsExactly(
            Map.entry("x.y", new Settings.TableOptions(true)),
            Map.entry("z", new Settings.TableOptions(false)));
    assertThat(load(Map.of("ORDERWIRE_TABLES_CUSTOMERS_ACTOR", "false"), Map.of()).tables())
        .containsExactly(Map.entry("customers", new Settings.TableOptions(false)));
  }

  @Test
  void anUnknownTableOptionIsAProblem() throws IOException {
    write("orderwire.yaml", "tables: {orders: {actr: true}}");

    assertThatThrownBy(() -> load(Map.of("ORDERWIRE_TABLES_ORDRES_ACTOR", "true"), Map.of()))
        .hasMessageContaining(
            "tables.orders.actr (orderwire.yaml line 1) is not a setting; did you mean tables.orders.actor?")
        .hasMessageContaining("did you mean ORDERWIRE_TABLES_ORDERS_ACTOR?");
  }

  @Test
  void mysqlsUsualVariablesWork() {
    Settings settings =
        load(
            Map.of(
                "MYSQL_HOST", "::1",
                "MYSQL_PORT", "3307",
                "MYSQL_USER", "app",
                "MYSQL_PASSWORD", "s3cret",
                "MYSQL_DATABASE", "shop"),
            Map.of());

    assertThat(settings.mysql().options())
        .isEqualTo(new MysqlOptions("[::1]", 3307, "app", "s3cret", "shop", 8, Map.of()));
    assertThat(settings.toString()).doesNotContain("s3cret");
  }

  @Test
  void tlsToMysqlBecomesPropertiesOfTheDriver() {
    Map<String, String> mysql = Map.of("MYSQL_USER", "app", "MYSQL_DATABASE", "shop");
    Map<String, String> verified = new HashMap<>(mysql);
    verified.put("MYSQL_TLS", "verify-full");
    verified.put("MYSQL_TLS_CA", "/etc/ca.pem");

    assertThat(load(verified, Map.of()).mysql().options().properties())
        .containsOnly(
            Map.entry("sslMode", "VERIFY_IDENTITY"),
            Map.entry("trustCertificateKeyStoreUrl", "file:///etc/ca.pem"),
            Map.entry("trustCertificateKeyStoreType", "PEM"));
    assertThat(load(mysql, Map.of("mysql.tls", "disabled")).mysql().options().properties())
        .containsOnly(Map.entry("sslMode", "DISABLED"));
  }

  @Test
  void settingsOfTlsThatContradictEachOtherAreProblems() throws IOException {
    write(
        "orderwire.yaml",
        "mysql: {tls: verify-ca, properties: {sslMode: REQUIRED}}\nserver.tls.key: key.pem");
    assertThatThrownBy(() -> load(Map.of(), Map.of()))
        .hasMessageContaining("mysql.tls and mysql.properties.sslMode: set one of them")
        .hasMessageContaining(
            "server.tls.certificate and server.tls.key must be set together, or neither");

    write("orderwire.yaml", "mysql: {tls-ca: ca.pem}\nserver.tls.client-ca: ca.pem");
    assertThatThrownBy(() -> load(Map.of(), Map.of()))
        .hasMessageContaining("mysql.tls-ca has no effect while mysql.tls is preferred")
        .hasMessageContaining("server.tls.client-ca needs server.tls.certificate");

    assertThatThrownBy(() -> load(Map.of("MYSQL_TLS", "full"), Map.of()))
        .hasMessageContaining(
            "mysql.tls must be one of disabled, preferred, required, verify-ca, verify-full, not 'full'");
  }

  @Test
  void settingsBesideOrAfterTheMysqlUrlOverrideItsParts() throws IOException {
    write(
        "orderwire.yaml",
        "mysql: {url: 'mysql://a%40b:p%3Aw@db_1:3308/my%20shop?sslMode=REQUIRED', user: other}");
    write(".env", "MYSQL_HOST=db2");

    assertThat(load(Map.of(), Map.of()).mysql())
        .isEqualTo(
            new Settings.Mysql(
                "db2",
                3308,
                "other",
                "p:w",
                "my shop",
                8,
                Map.of("sslMode", "REQUIRED"),
                "preferred",
                "",
                List.of()));
    assertThat(load(Map.of("MYSQL_URL", "jdbc:mysql://db3/x?user=u&password=p"), Map.of()).mysql())
        .isEqualTo(
            new Settings.Mysql(
                "db3",
                3306,
                "u",
                "p",
                "x",
                8,
                Map.of("sslMode", "REQUIRED"),
                "preferred",
                "",
                List.of()));
  }

  @Test
  void aMalformedUrlIsReportedWithoutItsText() {
    assertThatThrownBy(() -> load(Map.of("MYSQL_URL", "mysql://u:s3cr/et@h/d"), Map.of()))
        .hasMessageContaining("mysql.url (environment variable MYSQL_URL) must look like")
        .hasMessageNotContaining("s3cr");
  }

  @Test
  void missingMysqlSettingsAreNamed() {
    Settings settings = load(Map.of("MYSQL_HOST", "db"), Map.of());

    assertThatThrownBy(() -> settings.mysql().options())
        .hasMessageContaining("MYSQL_USER, MYSQL_DATABASE");
  }

  @Test
  void withoutAuthListeningBeyondLoopbackNeedsAuthMode() {
    Map<String, String> open = Map.of("ORDERWIRE_SERVER_HOST", "0.0.0.0");

    assertThatThrownBy(() -> load(open, Map.of())).hasMessageContaining("ORDERWIRE_AUTH_MODE=none");
    assertThat(load(open, Map.of("auth.mode", "none")).server().host()).isEqualTo("0.0.0.0");
    assertThat(load(Map.of("ORDERWIRE_SERVER_HOST", "::1"), Map.of()).server().host())
        .isEqualTo("::1");
  }

  @Test
  void yamlValuesAreLiteral() throws IOException {
    write(
        "orderwire.yaml",
        """
        mysql:
          password: 0123
          user: 1_000
          database: no
        server:
          origins: [https://a.example, https://b.example]
        install:
        """);

    Settings settings = load(Map.of(), Map.of());

    assertThat(settings.mysql().password()).isEqualTo("0123");
    assertThat(settings.mysql().user()).isEqualTo("1_000");
    assertThat(settings.mysql().database()).isEqualTo("no");
    assertThat(settings.server().origins())
        .containsExactly("https://a.example", "https://b.example");
  }

  @Test
  void malformedYamlIsReportedWithItsLine() throws IOException {
    write("orderwire.yaml", "server:\n  port: [1\n");
    assertThatThrownBy(() -> load(Map.of(), Map.of())).hasMessageContaining("orderwire.yaml line");

    write("orderwire.yaml", "- server\n");
    assertThatThrownBy(() -> load(Map.of(), Map.of())).hasMessageContaining("must be a map");

    write("orderwire.yaml", "server.port: 1\nserver: {port: 2}\n");
    assertThatThrownBy(() -> load(Map.of(), Map.of()))
        .hasMessageContaining(
            "server.port is set twice: orderwire.yaml line 1 and orderwire.yaml line 2");

    write("orderwire.yaml", "# nothing\n");
    assertThat(load(Map.of(), Map.of()).server().port()).isEqualTo(8000);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private Settings load(Map<String, String> environment, Map<String, String> flags) {
    return SettingsLoader.load(List.of(folder), Optional.empty(), environment, flags);
  }
}
