package dev.orderwire.mysql.virtual;

import static dev.orderwire.mysql.virtual.Kind.DATE;

import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What a function accepts such that its result depends on nothing but its arguments.
 *
 * @param arguments the kinds for each argument; those of the last one also for all further ones
 * @param result the kind of its result for arguments of these kinds
 */
record Signature(List<Set<Kind>> arguments, Function<List<Kind>, Kind> result) {
  /**
   * Requires arguments of the right kinds.
   *
   * @param part the call, as it stands in the expression
   */
  void requireAll(List<Kind> found, String part) {
    for (int i = 0; i < found.size(); i++) {
      Kind kind = found.get(i);
      Set<Kind> accepted = arguments.get(Math.min(i, arguments.size() - 1));
      if (!accepted.contains(kind)) {
        boolean wantsDate = accepted.contains(DATE) && !accepted.contains(Kind.TEXT);
        throw new SessionDependent(part, wantsDate ? dateReason(kind) : kind.reason());
      }
    }
  }

  /** Why a function of dates may depend on the session if it gets another kind. */
  static String dateReason(Kind found) {
    return found.reason().isEmpty() || found == Kind.LITERAL || found == Kind.ASCII
        ? "text and numbers become dates as the session's time_zone and sql_mode say"
        : found.reason();
  }
}
