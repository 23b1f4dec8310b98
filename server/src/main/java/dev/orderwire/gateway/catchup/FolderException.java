package dev.orderwire.gateway.catchup;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import org.jspecify.annotations.Nullable;

/** The folder for snapshots, {@code snapshots.folder}, has no room or does not work. */
final class FolderException extends OrderwireException {
  private static final long serialVersionUID = 1L;

  private final String trouble;
  private final boolean forAll;

  private FolderException(String trouble, boolean forAll, @Nullable Throwable cause) {
    super(
        ErrorCode.OVER_LIMIT,
        "the server cannot keep the rows of this view at present: request fewer, or try again later",
        cause);
    this.trouble = trouble;
    this.forAll = forAll;
  }

  /** The folder does not take this snapshot; it may take a smaller one. */
  static FolderException full(String trouble, @Nullable Throwable cause) {
    return new FolderException(trouble, false, cause);
  }

  /** The folder does not take any snapshot. */
  static FolderException unusable(String trouble, Throwable cause) {
    return new FolderException(trouble, true, cause);
  }

  /** What is wrong, for the operator. */
  String trouble() {
    return trouble;
  }

  /** Whether it would refuse any snapshot. */
  boolean forAll() {
    return forAll;
  }
}
