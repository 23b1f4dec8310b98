package dev.orderwire.cli.values;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON object on the command line. Numbers keep all their digits. */
public final class JsonObject implements ITypeConverter<JsonNode> {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @Override
  public JsonNode convert(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      if (node.isObject()) {
        return node;
      }
    } catch (JacksonException e) {
      throw new TypeConversionException(
          "'%s' is not JSON: %s".formatted(text, e.getOriginalMessage()));
    }
    throw new TypeConversionException("'%s' is not a JSON object".formatted(text));
  }
}
