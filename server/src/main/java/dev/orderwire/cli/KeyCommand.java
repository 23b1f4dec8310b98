package dev.orderwire.cli;

import dev.orderwire.auth.ApiKey;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code key}: makes an API key. Reads no settings, and stores nothing. */
@Command(
    description = {
      "Make an API key, for programs that connect without a user.",
      "Prints the key, which is stored nowhere, and the lines to add to orderwire.yaml."
    })
final class KeyCommand implements Callable<Integer> {
  private final PrintStream out;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "service",
      description = "Who holds it; ${DEFAULT-VALUE} by default.")
  private String name = "";

  @Option(names = "--role", paramLabel = "ROLE", description = "The role of its holder.")
  private @Nullable String role;

  KeyCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    ApiKey.Made key = ApiKey.make();
    requireName(key.hash());
    out.println(key.text());
    out.println(
        "# Keep the line above: it is shown only now. Add the lines below to orderwire.yaml.");
    out.println("auth:");
    out.println("  keys:");
    out.printf("    %s:%n", text(name));
    out.printf("      hash: %s%n", text(key.hash()));
    if (role == null) {
      out.println("      # role: without one, it may see nothing");
    } else {
      out.printf("      role: %s%n", text(role));
    }
    out.flush();
    return 0;
  }

  private void requireName(String hash) {
    try {
      new ApiKey(name, hash, List.of(), Map.of());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "the key " + e.getMessage(), e);
    }
  }

  /** In quotes, as JSON: without them, YAML could read a number or a list. */
  private static String text(String text) {
    return JsonNodeFactory.instance.stringNode(text).toString();
  }
}
