package dev.orderwire.ops;

import dev.orderwire.bus.TopicWriter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The metrics of a process that may write the topics of the tables. */
public final class TopicMetrics {
  private TopicMetrics() {}

  /** Registers them. */
  public static void register(TopicWriter writer, MeterRegistry registry) {
    FunctionCounter.builder("orderwire.topics.written", writer, TopicWriter::written)
        .description("Records written to the topics of the tables")
        .register(registry);
    FunctionCounter.builder("orderwire.topics.resets", writer, TopicWriter::resets)
        .description("Records that tell readers of a topic to read its table again")
        .register(registry);
    Gauge.builder("orderwire.topics.behind", writer, TopicWriter::behind)
        .description("Ids of the change log that the topics of the tables lag behind")
        .register(registry);
    Gauge.builder("orderwire.topics.delay.seconds", writer, each -> each.delay().toMillis() / 1e3)
        .description("For how long the oldest change has waited that no topic has")
        .register(registry);
  }
}
