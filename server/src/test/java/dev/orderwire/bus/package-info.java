/** Tests of the port of a bus, with plugins that are compiled for the test. */
@NullMarked
package dev.orderwire.bus;

import org.jspecify.annotations.NullMarked;
