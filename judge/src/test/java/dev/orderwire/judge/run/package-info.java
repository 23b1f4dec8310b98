@NullMarked
package dev.orderwire.judge.run;

import org.jspecify.annotations.NullMarked;
