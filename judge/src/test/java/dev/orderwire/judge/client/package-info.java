@NullMarked
package dev.orderwire.judge.client;

import org.jspecify.annotations.NullMarked;
