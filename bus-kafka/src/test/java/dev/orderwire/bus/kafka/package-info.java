/** Tests against a Kafka broker that each class starts for itself, by {@code KafkaServer}. */
@NullMarked
package dev.orderwire.bus.kafka;

import org.jspecify.annotations.NullMarked;
