/**
 * The bus on one Redis stream, through the client library Lettuce. The id of an entry is the term
 * and the sequence number of its record, so Redis itself refuses a leader whose term has ended, and
 * a record that it already has.
 *
 * <p>Begin with {@link dev.orderwire.bus.redis.RedisBus}. Lettuce's own reconnecting is off: it
 * would send again what nobody waits for any more. A {@link dev.orderwire.bus.redis.Link} that
 * failed is given up, and the next call connects anew. What a record says is unknown here.
 */
@NullMarked
package dev.orderwire.bus.redis;

import org.jspecify.annotations.NullMarked;
