package dev.orderwire.cli.settings;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.util.ArrayList;
import java.util.List;

/** Collects problems, so that all of them are reported together. */
final class Problems {
  private final List<String> found = new ArrayList<>();

  void add(String problem) {
    found.add(problem);
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      String count = found.size() == 1 ? "1 problem" : found.size() + " problems";
      throw new OrderwireException(
          ErrorCode.BAD_SETTINGS, count + " in the settings:\n  - " + String.join("\n  - ", found));
    }
  }
}
