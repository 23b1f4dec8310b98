package dev.orderwire.fuzz;

import dev.orderwire.auth.TokenFuzz;
import dev.orderwire.auth.policy.ClaimsFuzz;
import dev.orderwire.change.PositionFuzz;
import dev.orderwire.gateway.http.RequestFuzz;
import dev.orderwire.gateway.protocol.DeflateFuzz;
import dev.orderwire.gateway.protocol.MessageFuzz;
import dev.orderwire.gateway.proxy.ProxyFuzz;
import dev.orderwire.view.WhereFuzz;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** A parser of outside input. */
@SuppressWarnings("ImmutableEnumChecker") // The parsers are functions without state.
public enum Target {
  CLAIMS(ClaimsFuzz.class, ClaimsFuzz::fuzzerTestOneInput),
  DEFLATE(DeflateFuzz.class, DeflateFuzz::fuzzerTestOneInput),
  MESSAGE(MessageFuzz.class, MessageFuzz::fuzzerTestOneInput),
  POSITION(PositionFuzz.class, PositionFuzz::fuzzerTestOneInput),
  PROXY(ProxyFuzz.class, ProxyFuzz::fuzzerTestOneInput),
  REQUEST(RequestFuzz.class, RequestFuzz::fuzzerTestOneInput),
  TOKEN(TokenFuzz.class, TokenFuzz::fuzzerTestOneInput),
  WHERE(WhereFuzz.class, WhereFuzz::fuzzerTestOneInput);

  /** Runs a parser on an input, and throws what it demands to be otherwise. */
  interface Parser {
    void on(byte[] input);
  }

  private final Class<?> type;
  private final Parser parser;

  Target(Class<?> type, Parser parser) {
    this.type = type;
    this.parser = parser;
  }

  /** The class that Jazzer calls. */
  Class<?> type() {
    return type;
  }

  void on(byte[] input) {
    parser.on(input);
  }

  /** The inputs of the corpus, {@link Escaped}. */
  List<String> corpus() {
    String file = "/fuzz/" + name().toLowerCase(Locale.ROOT) + ".txt";
    try (InputStream in = Objects.requireNonNull(Target.class.getResourceAsStream(file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
