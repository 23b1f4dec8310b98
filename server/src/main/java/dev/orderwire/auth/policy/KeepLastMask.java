package dev.orderwire.auth.policy;

import dev.orderwire.view.Mask;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Shows the last characters of a value, and nothing of a value that has no more than these.
 *
 * @param count how many code points to show
 */
record KeepLastMask(int count) implements Mask {
  static final String NAME = "keep-last";

  /** The same for values of all lengths, as a length tells something too. */
  private static final String HIDDEN = "***";

  @Override
  public String apply(String json) {
    JsonNode node = json.startsWith("\"") ? JsonMapper.shared().readTree(json) : null;
    String text = node == null ? json : node.stringValue();
    int[] points = text.codePoints().toArray();
    String shown = points.length <= count ? "" : new String(points, points.length - count, count);
    return JsonMapper.shared().writeValueAsString(HIDDEN + shown);
  }

  @Override
  public String text() {
    return NAME + " " + count;
  }
}
