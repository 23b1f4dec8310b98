@NullMarked
package dev.orderwire.judge.writer;

import org.jspecify.annotations.NullMarked;
