@NullMarked
package dev.orderwire.auth.policy;

import org.jspecify.annotations.NullMarked;
