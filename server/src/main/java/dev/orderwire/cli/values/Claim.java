package dev.orderwire.cli.values;

import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** A claim of a token on the command line. */
public record Claim(String name, JsonNode value) {
  /** Claims that are texts even if they look like numbers (RFC 7519, section 4.1). */
  private static final Set<String> TEXTS = Set.of("sub", "iss", "jti");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** {@code NAME=JSON}; what is not JSON is a text, as shells take away quotes. */
  public static final class Converter implements ITypeConverter<Claim> {
    @Override
    public Claim convert(String text) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new TypeConversionException("'%s' is not NAME=JSON, such as sub=7".formatted(text));
      }
      String name = text.substring(0, equals);
      return new Claim(name, value(name, text.substring(equals + 1)));
    }

    private static JsonNode value(String name, String text) {
      JsonNode literal = JsonNodeFactory.instance.stringNode(text);
      try {
        JsonNode json = JSON.readTree(text);
        boolean number = TEXTS.contains(name) && !json.isString();
        return json.isMissingNode() || number ? literal : json;
      } catch (JacksonException e) {
        return literal;
      }
    }
  }
}
