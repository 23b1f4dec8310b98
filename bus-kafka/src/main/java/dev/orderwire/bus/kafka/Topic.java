package dev.orderwire.bus.kafka;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A topic that Orderwire needs, as it creates it.
 *
 * @param partitions as many as it has, if it is created
 * @param only whether it may not have another number of partitions
 * @param replication -1 for the brokers' default
 * @param options of the topic, such as {@code retention.ms}
 */
record Topic(
    String name, int partitions, boolean only, short replication, Map<String, String> options) {
  Topic {
    options = Map.copyOf(options);
  }

  /** The command that creates it. */
  String command(String servers) {
    return "kafka-topics.sh --bootstrap-server %s --create --topic %s --partitions %d%s%s"
        .formatted(
            servers,
            name,
            partitions,
            replication > 0 ? " --replication-factor " + replication : "",
            new TreeMap<>(options)
                .entrySet().stream()
                    .map(each -> " --config %s=%s".formatted(each.getKey(), each.getValue()))
                    .collect(Collectors.joining()));
  }
}
