package dev.orderwire.bus.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.output.StreamReadOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The commands on the stream, over one link: XADD, XREAD and XINFO. For one thread at a time; any
 * thread may close it. All methods throw {@link BusException} if Redis does not answer, or refuses
 * for another reason than they name.
 */
final class RedisStream implements AutoCloseable {
  /** The only field of an entry. */
  static final String FIELD = "body";

  /**
   * The end of the stream.
   *
   * @param id the highest id that the stream has had, also if the entry is gone by now
   * @param isForeign whether that entry is there, and no record
   */
  record End(StreamId id, boolean isForeign) {}

  private final RedisSettings settings;
  private final Link link;

  RedisStream(RedisSettings settings, Connector connector) {
    this.settings = settings;
    this.link = new Link(settings, connector);
  }

  /** As {@link Link#connect}. */
  int connect() throws InterruptedException {
    return link.connect();
  }

  /**
   * Appends records, and trims the stream.
   *
   * @return the highest id that Redis refused, as the stream has had an equal or a higher one; zero
   *     if it refused none
   */
  StreamId append(List<BusRecord> records, KeptEntries kept) throws InterruptedException {
    List<Link.Sent<String>> added = new ArrayList<>(records.size());
    for (BusRecord each : records) {
      CommandArgs<String, byte[]> args =
          new CommandArgs<>(Connector.CODEC)
              .addKey(settings.key())
              .add("MAXLEN")
              .add("~")
              .add(kept.with(each))
              .add(StreamId.of(each).toString())
              .add(FIELD)
              .addValue(each.body());
      added.add(new Link.Sent<>(CommandType.XADD, new StatusOutput<>(Connector.CODEC), args));
    }
    link.send(added);
    long deadline = System.nanoTime() + settings.timeout().toNanos();
    StreamId refused = StreamId.ZERO;
    for (int i = 0; i < added.size(); i++) {
      try {
        var _ =
            link.await(added.get(i), TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
      } catch (RedisCommandExecutionException e) {
        if (!String.valueOf(e.getMessage()).contains("equal or smaller")) {
          throw link.failure(e);
        }
        refused = StreamId.of(records.get(i));
      }
    }
    return refused;
  }

  /**
   * Reads entries.
   *
   * @param after the id before the first
   * @param count how many at most
   * @param millis how long to wait at most for the first; 0 for not at all
   */
  List<StreamMessage<String, byte[]>> read(StreamId after, int count, long millis)
      throws InterruptedException {
    CommandArgs<String, byte[]> args = new CommandArgs<>(Connector.CODEC).add("COUNT").add(count);
    if (millis > 0) {
      args.add("BLOCK").add(millis); // 0 would mean for ever.
    }
    args.add("STREAMS").addKey(settings.key()).add(after.toString());
    return ask(
        new Link.Sent<>(CommandType.XREAD, new StreamReadOutput<>(Connector.CODEC), args), millis);
  }

  /** Where the stream ends; zero if there is none. */
  End end() throws InterruptedException {
    CommandArgs<String, byte[]> args =
        new CommandArgs<>(Connector.CODEC).add("STREAM").addKey(settings.key());
    Link.Sent<List<Object>> info =
        new Link.Sent<>(CommandType.XINFO, new ArrayOutput<>(Connector.CODEC), args);
    try {
      return end(link.ask(info, 0));
    } catch (RedisCommandExecutionException e) {
      if (String.valueOf(e.getMessage()).contains("no such key")) {
        return new End(StreamId.ZERO, false);
      }
      throw link.failure(e);
    }
  }

  private <T> T ask(Link.Sent<T> command, long millis) throws InterruptedException {
    try {
      return link.ask(command, millis);
    } catch (RedisCommandExecutionException e) {
      throw link.failure(e);
    }
  }

  /**
   * @param info names and values in turn
   */
  private static End end(List<?> info) {
    StreamId id = StreamId.ZERO;
    boolean isForeign = false;
    for (int i = 0; i + 1 < info.size(); i += 2) {
      Object value = info.get(i + 1);
      switch (text(info.get(i))) {
        case "last-generated-id" -> id = StreamId.parse(text(value));
        case "last-entry" -> isForeign = value instanceof List<?> entry && !isRecord(entry);
        default -> {
          // Lengths and memory.
        }
      }
    }
    return new End(id, isForeign);
  }

  /**
   * @param entry its id, and a list of fields and values in turn
   */
  private static boolean isRecord(List<?> entry) {
    return entry.size() == 2
        && StreamId.parse(text(entry.getFirst())).isOfRecord()
        && entry.getLast() instanceof List<?> fields
        && fields.size() == 2
        && text(fields.getFirst()).equals(FIELD);
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(value);
  }

  @Override
  public void close() {
    link.close();
  }
}
