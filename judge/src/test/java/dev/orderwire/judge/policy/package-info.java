@NullMarked
package dev.orderwire.judge.policy;

import org.jspecify.annotations.NullMarked;
