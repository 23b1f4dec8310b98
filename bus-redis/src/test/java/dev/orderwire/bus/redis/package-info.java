/** Tests against a redis-server that each test starts for itself, in {@code RedisServer}. */
@NullMarked
package dev.orderwire.bus.redis;

import dev.orderwire.testing.RedisServer;
import org.jspecify.annotations.NullMarked;
