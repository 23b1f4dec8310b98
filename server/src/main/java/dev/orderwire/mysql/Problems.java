package dev.orderwire.mysql;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects problems, so that all of them are reported together. */
public final class Problems {
  private final List<OrderwireException> all = new ArrayList<>();

  /** A step that may fail. */
  public interface Step {
    void run() throws SQLException;
  }

  public void add(ErrorCode code, String message) {
    all.add(new OrderwireException(code, message));
  }

  /** Runs the step, and collects the {@link OrderwireException} that it throws. */
  public void collect(Step step) throws SQLException {
    try {
      step.run();
    } catch (OrderwireException e) {
      all.add(e);
    }
  }

  /** The messages without duplicates, in the order of the problems. */
  public Set<String> messages() {
    Set<String> messages = new LinkedHashSet<>();
    all.forEach(problem -> messages.add(String.valueOf(problem.getMessage())));
    return messages;
  }

  /**
   * Throws if there are problems.
   *
   * @throws OrderwireException with the code that all problems share, otherwise {@code
   *     cannot_install}, and with their messages, one a line
   */
  public void throwIfAny() {
    if (all.isEmpty()) {
      return;
    }
    List<ErrorCode> codes = all.stream().map(OrderwireException::code).distinct().toList();
    throw new OrderwireException(
        codes.size() == 1 ? codes.getFirst() : ErrorCode.CANNOT_INSTALL,
        String.join("\n", messages()));
  }
}
