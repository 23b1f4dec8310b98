@NullMarked
package dev.orderwire.judge.cluster;

import org.jspecify.annotations.NullMarked;
