/** Tests of the whole way: SQL in, messages on real sockets out. */
@NullMarked
package dev.orderwire.pipeline;

import org.jspecify.annotations.NullMarked;
