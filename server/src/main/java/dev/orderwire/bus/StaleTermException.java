package dev.orderwire.bus;

/** Another process leads by now: a record of a higher term has been published. */
public final class StaleTermException extends BusException {
  private static final long serialVersionUID = 1L;

  public StaleTermException(long term, long newest) {
    super("term %d has ended: the bus has a record of term %d".formatted(term, newest), null);
  }
}
