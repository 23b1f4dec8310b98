package dev.orderwire.bus;

/**
 * What a bus carries.
 *
 * @param term the number of the lead in which it was published; each lead has a higher one
 * @param seq its number in the term: 1, 2, 3, …
 * @param body as docs/reference/bus.md says
 */
@SuppressWarnings("ArrayRecordComponent") // Large, and compared by nobody.
public record BusRecord(long term, long seq, byte[] body) {
  @Override
  public String toString() {
    return "record %d-%d of %,d bytes".formatted(term, seq, body.length);
  }
}
