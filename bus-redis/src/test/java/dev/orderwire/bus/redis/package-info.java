/** Tests against a redis-server that each test starts for itself, in {@code RedisServer}. */
@NullMarked
package dev.orderwire.bus.redis;

import org.jspecify.annotations.NullMarked;
