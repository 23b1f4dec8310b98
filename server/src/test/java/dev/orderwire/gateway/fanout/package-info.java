/** Tests of the fan-out on an event loop whose clock the test turns. */
@NullMarked
package dev.orderwire.gateway.fanout;

import org.jspecify.annotations.NullMarked;
