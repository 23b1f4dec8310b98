package dev.orderwire.auth;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a JSON object that a stranger wrote. It means the same to every reader: no duplicate names,
 * no text after its end, only valid UTF-8. Numbers keep all their digits, but none is so large that
 * writing it out would fill the memory.
 */
final class StrictJson {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_DIGITS = 100;

  /** Beyond the exponents of a double. */
  private static final int MAX_SCALE = 400;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_DIGITS)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /**
   * @param what for messages: {@code header}
   */
  static ObjectNode object(byte[] utf8, String what) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      if (JSON.readTree(text) instanceof ObjectNode object && isPlain(object)) {
        return object;
      }
    } catch (CharacterCodingException | JacksonException e) {
      // Reported below, without the cause: its message may quote the token.
    }
    throw Refused.because(
        "the %s of the token must be one JSON object in UTF-8, without duplicate names, deep nesting, huge numbers or broken characters"
            .formatted(what));
  }

  private static boolean isPlain(JsonNode node) {
    if (node.isObject()) {
      return node.propertyStream()
          .allMatch(property -> isText(property.getKey()) && isPlain(property.getValue()));
    }
    if (node.isArray()) {
      return node.valueStream().allMatch(StrictJson::isPlain);
    }
    if (node.isBigDecimal()) {
      BigDecimal number = node.decimalValue();
      return Math.abs((long) number.scale()) <= MAX_SCALE;
    }
    return !node.isString() || isText(node.stringValue());
  }

  /** Half of a surrogate pair cannot be encoded, so MySQL would see another character. */
  private static boolean isText(String text) {
    return text.codePoints()
        .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
  }
}
