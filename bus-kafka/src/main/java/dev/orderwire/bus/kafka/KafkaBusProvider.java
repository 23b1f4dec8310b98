package dev.orderwire.bus.kafka;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusProvider;
import java.net.URI;
import java.util.Map;

/** Opens buses on Kafka. */
public final class KafkaBusProvider implements BusProvider {
  @Override
  public Bus open(URI address, Map<String, String> properties) {
    return Clients.inPlugin(() -> {
      KafkaSettings settings = KafkaSettings.of(address, properties);
      Clients clients = new Clients(settings);
      clients.check();
      return new KafkaBus(settings, clients);
    });
  }
}
