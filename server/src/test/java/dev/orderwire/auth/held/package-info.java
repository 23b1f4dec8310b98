@NullMarked
package dev.orderwire.auth.held;

import org.jspecify.annotations.NullMarked;
