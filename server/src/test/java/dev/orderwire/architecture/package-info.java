/** The rules that the whole source tree keeps; see CONTRIBUTING.md. */
@NullMarked
package dev.orderwire.architecture;

import org.jspecify.annotations.NullMarked;
