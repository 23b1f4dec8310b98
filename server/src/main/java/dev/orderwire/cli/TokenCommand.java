package dev.orderwire.cli;

import dev.orderwire.auth.AuthOptions;
import dev.orderwire.auth.TestToken;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.cli.values.Claim;
import dev.orderwire.cli.values.Minutes;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code token}: prints a token to try the server with. */
@Command(description = "Print a token to try the server with; needs auth.jwt.secret.")
final class TokenCommand implements Callable<Integer> {
  private final Environment environment;
  private final PrintStream out;

  @Mixin private SettingsOption settingsOption = new SettingsOption();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "The role of its holder; repeat it for several.")
  private List<String> roles = new ArrayList<>();

  @Option(
      names = "--claim",
      paramLabel = "NAME=JSON",
      converter = Claim.Converter.class,
      description = "A further claim, such as sub=7 or regions='[\"eu\"]'.")
  private List<Claim> claims = new ArrayList<>();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      converter = Minutes.class,
      description = "How long it is valid; 60 by default.")
  private Duration minutes = Duration.ofMinutes(60);

  TokenCommand(Environment environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() {
    AuthOptions options =
        settingsOption
            .load(environment, Map.of())
            .auth()
            .options()
            .orElseThrow(() ->
                new OrderwireException(
                    ErrorCode.NO_SECRET,
                    "no authentication is configured: set auth.jwt.secret (ORDERWIRE_AUTH_JWT_SECRET), for which `openssl rand -base64 48` makes a text"));
    Map<String, JsonNode> values = new LinkedHashMap<>();
    claims.forEach(claim -> values.put(claim.name(), claim.value()));
    out.println(TestToken.sign(options, roles, values, minutes, Instant.now()));
    out.flush();
    return 0;
  }
}
