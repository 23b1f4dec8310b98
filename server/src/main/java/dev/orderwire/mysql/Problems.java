package dev.orderwire.mysql;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects all that stands in the way, so that it can be said at once. */
public final class Problems {
  private final List<OrderwireException> all = new ArrayList<>();

  /** A step whose failure is one of the problems. */
  public interface Step {
    void run() throws SQLException;
  }

  public void add(ErrorCode code, String message) {
    all.add(new OrderwireException(code, message));
  }

  /** Runs the step; what it refuses is kept. */
  public void collect(Step step) throws SQLException {
    try {
      step.run();
    } catch (OrderwireException e) {
      all.add(e);
    }
  }

  /** What they say, each once. */
  public Set<String> messages() {
    Set<String> messages = new LinkedHashSet<>();
    all.forEach(problem -> messages.add(String.valueOf(problem.getMessage())));
    return messages;
  }

  /**
   * @throws OrderwireException where there are problems: with the code that they share, or {@code
   *     cannot_install}, and their messages, one a line
   */
  public void refuse() {
    if (all.isEmpty()) {
      return;
    }
    List<ErrorCode> codes = all.stream().map(OrderwireException::code).distinct().toList();
    throw new OrderwireException(
        codes.size() == 1 ? codes.getFirst() : ErrorCode.CANNOT_INSTALL,
        String.join("\n", messages()));
  }
}
