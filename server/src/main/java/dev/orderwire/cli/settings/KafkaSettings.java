package dev.orderwire.cli.settings;

import java.util.HashMap;
import java.util.Map;

/** The topics for other programs, with a bus on Kafka. */
public record KafkaSettings(
    @Setting(
            defaultValue = "true",
            description =
                "With a bus on Kafka: whether each change is also written, exactly once, to a topic"
                    + " of its table for other programs; see [topics of"
                    + " tables](bus.md#topics-of-tables).")
        boolean topics,
    @Setting(
            defaultValue = "orderwire",
            description =
                "The beginning of the names of these topics: `orderwire` for `orderwire.orders`."
                    + " Each database needs its own.")
        String prefix,
    @Setting(
            defaultValue = "6",
            min = 1,
            max = 10_000,
            description = "The number of partitions of the topics of tables that are created.")
        int partitions,
    @Setting(
            defaultValue = "0",
            max = Short.MAX_VALUE,
            description =
                "The number of replicas of all topics that are created; 0 means what the brokers"
                    + " take for new topics.")
        int replication,
    @Setting(
            defaultValue = "",
            description =
                "Further options of the topics of tables that are created, such as `retention.ms`,"
                    + " `cleanup.policy` or `max.message.bytes`.")
        Map<String, String> options) {
  public KafkaSettings {
    options = Map.copyOf(options);
  }

  /** The properties of a bus, with these if it is one on Kafka. */
  public Map<String, String> with(Settings.Bus bus) {
    Map<String, String> all = new HashMap<>(bus.properties());
    if (bus.url().startsWith("kafka:")) {
      all.put("kafka.topics", Boolean.toString(topics));
      all.put("kafka.prefix", prefix);
      all.put("kafka.partitions", Integer.toString(partitions));
      all.put("kafka.replication", replication == 0 ? "" : Integer.toString(replication));
      options.forEach((name, value) -> all.put("kafka.options." + name, value));
    }
    return all;
  }
}
