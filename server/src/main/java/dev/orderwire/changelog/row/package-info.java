/** The rows of the change log: what they say, and how it is read out of JSON. */
@NullMarked
package dev.orderwire.changelog.row;

import org.jspecify.annotations.NullMarked;
