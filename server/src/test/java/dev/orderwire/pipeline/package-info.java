/** End-to-end tests: SQL in, messages on real sockets out. */
@NullMarked
package dev.orderwire.pipeline;

import org.jspecify.annotations.NullMarked;
