@NullMarked
package dev.orderwire.judge.fault;

import org.jspecify.annotations.NullMarked;
