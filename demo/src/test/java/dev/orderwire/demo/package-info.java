/** Tests with real MySQL servers, which they start and kill. */
@NullMarked
package dev.orderwire.demo;

import org.jspecify.annotations.NullMarked;
