package dev.orderwire.bus.kafka;

import dev.orderwire.bus.BusRecord;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of the bus out of those of Kafka, in the order in which they are read. Drops those
 * of a lower term than the newest, repeats, and parts of which one is missing. For one thread.
 */
final class Assembly {
  private long term;
  private long seq;

  /** The record whose parts are being read; null if there is none. */
  private Parts.@Nullable Place open;

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  /** The record that a part completes; null if it does not, or is dropped. */
  @Nullable BusRecord add(Parts.Place place, byte[] value) {
    if (!place.isAfter(term, seq)) {
      return null;
    }
    if (place.term() > term) {
      // From here on, the former leader's records count no more.
      term = place.term();
      seq = 0;
    }
    if (place.parts() == 1) {
      forgetOpen();
      return take(place, value);
    }
    Parts.Place before = open;
    boolean isFirst = place.part() == 1;
    boolean isNext =
        before != null
            && before.term() == place.term()
            && before.seq() == place.seq()
            && before.parts() == place.parts()
            && before.part() + 1 == place.part();
    if (!isFirst && !isNext) {
      forgetOpen();
      return null;
    }
    if (isFirst) {
      forgetOpen();
    }
    open = place;
    body.writeBytes(value);
    if (!place.isLast()) {
      return null;
    }
    BusRecord whole = take(place, body.toByteArray());
    forgetOpen();
    return whole;
  }

  private BusRecord take(Parts.Place place, byte[] whole) {
    seq = place.seq();
    return new BusRecord(place.term(), place.seq(), whole);
  }

  private void forgetOpen() {
    open = null;
    body.reset();
  }

  /** Another topic, or one that has lost records, may go on with lower numbers. */
  void forget() {
    term = 0;
    seq = 0;
    forgetOpen();
  }
}
