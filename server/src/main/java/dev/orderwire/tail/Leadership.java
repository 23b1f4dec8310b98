package dev.orderwire.tail;

import dev.orderwire.change.Position;
import org.jspecify.annotations.Nullable;

/** The lead that the tail holds, if it holds one. Any thread may grant and ask. */
final class Leadership {
  private final LeadListener listener;
  private volatile @Nullable Lead lead;

  Leadership(LeadListener listener) {
    this.listener = listener;
  }

  void grant(Lead granted) {
    lead = granted;
  }

  /** Null while another process leads. */
  @Nullable Lead lead() {
    return lead;
  }

  /** Whether this is still the lead; null asks whether there is still none. */
  boolean is(@Nullable Lead known) {
    return lead == known;
  }

  /** The tail reads everything from here on. On the tail's thread, as {@link #resign}. */
  void begin(@Nullable Lead begun, Position from) {
    if (begun != null) {
      listener.begins(begun.term(), from);
    }
  }

  /** Gives a lead up; does nothing for null. */
  void resign(@Nullable Lead given) {
    if (given != null && lead == given) {
      lead = null;
      listener.ends();
    }
  }
}
