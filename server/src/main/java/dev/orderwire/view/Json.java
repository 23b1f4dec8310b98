package dev.orderwire.view;

import java.util.Iterator;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON strictly: no key twice, nothing after the end, no digit lost. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // A cell may be a LONGTEXT. What subscribers send is limited elsewhere.
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** The text of a JSON string. */
  static String unquoted(String json) {
    return json.indexOf('\\') < 0
        ? json.substring(1, json.length() - 1)
        : MAPPER.readValue(json, String.class);
  }

  /** One text for all the ways to write the same JSON; null if the text is not JSON. */
  static Value.@Nullable Text document(String json) {
    try {
      JsonNode node = MAPPER.readTree(json);
      if (node.isMissingNode()) {
        return null;
      }
      StringBuilder document = new StringBuilder();
      write(node, document);
      return new Value.Text(document.toString());
    } catch (JacksonException e) {
      return null;
    } catch (NumberFormatException e) {
      return null; // Jackson lets it through, for an exponent of eleven digits.
    } catch (ArithmeticException e) {
      return null; // a number with an exponent of ten digits
    }
  }

  private static void write(JsonNode node, StringBuilder to) {
    if (node.isObject()) {
      TreeMap<String, JsonNode> sorted = new TreeMap<>();
      node.forEachEntry(sorted::put);
      char separator = '{';
      for (var property : sorted.entrySet()) {
        to.append(separator).append(Value.quoted(property.getKey())).append(':');
        write(property.getValue(), to);
        separator = ',';
      }
      to.append(sorted.isEmpty() ? "{}" : "}");
    } else if (node.isArray()) {
      to.append('[');
      for (Iterator<JsonNode> items = node.iterator(); items.hasNext(); ) {
        write(items.next(), to);
        to.append(items.hasNext() ? "," : "");
      }
      to.append(']');
    } else if (node.isNumber()) {
      to.append(new Value.Exact(node.decimalValue()));
    } else {
      to.append(node.isString() ? Value.quoted(node.stringValue()) : node.toString());
    }
  }
}
