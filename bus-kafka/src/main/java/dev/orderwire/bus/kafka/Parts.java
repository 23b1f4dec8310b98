package dev.orderwire.bus.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.orderwire.bus.BusRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Records of the bus as records of Kafka: one for each, or several parts of a large one. */
final class Parts {
  private static final String TERM = "term";
  private static final String SEQ = "seq";
  private static final String PART = "part";
  private static final String PARTS = "parts";
  private static final byte @Nullable [] NO_KEY = null;

  /**
   * The headers of a record of Kafka.
   *
   * @param part from 1 on
   * @param parts how many the whole record has
   */
  record Place(long term, long seq, int part, int parts) {
    /** The place of a record of Kafka; null if it is none of Orderwire's. */
    static @Nullable Place of(ConsumerRecord<byte[], byte[]> each) {
      try {
        Headers headers = each.headers();
        Place place =
            new Place(
                number(headers, TERM, 0),
                number(headers, SEQ, 0),
                Math.toIntExact(number(headers, PART, 1)),
                Math.toIntExact(number(headers, PARTS, 1)));
        return place.term > 0
                && place.seq > 0
                && place.part > 0
                && place.part <= place.parts
                && each.value() != null
            ? place
            : null;
      } catch (ArithmeticException | NumberFormatException e) {
        return null;
      }
    }

    private static long number(Headers headers, String name, long otherwise) {
      Header header = headers.lastHeader(name);
      return header == null ? otherwise : Long.parseLong(new String(header.value(), US_ASCII));
    }

    boolean isLast() {
      return part == parts;
    }

    /** Whether it comes after another one in the order of publishing. */
    boolean isAfter(long otherTerm, long otherSeq) {
      return term > otherTerm || (term == otherTerm && seq > otherSeq);
    }
  }

  private Parts() {}

  /**
   * A record as it is sent.
   *
   * @param most the most bytes of a body
   */
  static List<ProducerRecord<byte[], byte[]>> of(BusRecord each, String topic, int most) {
    byte[] body = each.body();
    int parts = Math.max(1, (body.length + most - 1) / most);
    List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>(parts);
    for (int part = 1; part <= parts; part++) {
      int from = (part - 1) * most;
      byte[] value =
          parts == 1 ? body : Arrays.copyOfRange(body, from, Math.min(body.length, from + most));
      List<Header> headers = new ArrayList<>(4);
      headers.add(header(TERM, each.term()));
      headers.add(header(SEQ, each.seq()));
      if (parts > 1) {
        headers.add(header(PART, part));
        headers.add(header(PARTS, parts));
      }
      all.add(new ProducerRecord<>(topic, 0, NO_KEY, value, headers));
    }
    return all;
  }

  private static Header header(String name, long value) {
    return new RecordHeader(name, Long.toString(value).getBytes(US_ASCII));
  }
}
