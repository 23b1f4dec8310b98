/** A server put together from its parts, by its settings. */
@NullMarked
package dev.orderwire.cli.server;

import org.jspecify.annotations.NullMarked;
