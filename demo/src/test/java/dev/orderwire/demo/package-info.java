/** Tests on the real server: each starts, kills and reads a mysqld of its own. */
@NullMarked
package dev.orderwire.demo;

import org.jspecify.annotations.NullMarked;
