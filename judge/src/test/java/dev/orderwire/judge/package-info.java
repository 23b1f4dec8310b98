@NullMarked
package dev.orderwire.judge;

import org.jspecify.annotations.NullMarked;
