/**
 * The bus on Kafka. The records are in one partition, each with its term and its number in headers;
 * what is larger than a record of Kafka comes in parts. Kafka refuses nobody who may write, so
 * followers drop what has a lower term or a number that they have, and a leader notices by the
 * offsets of its own records that another one publishes.
 *
 * <p>Begin with {@link dev.orderwire.bus.kafka.KafkaBus}. What a record says is unknown here.
 */
@NullMarked
package dev.orderwire.bus.kafka;

import org.jspecify.annotations.NullMarked;
