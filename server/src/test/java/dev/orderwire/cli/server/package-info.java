@NullMarked
package dev.orderwire.cli.server;

import org.jspecify.annotations.NullMarked;
