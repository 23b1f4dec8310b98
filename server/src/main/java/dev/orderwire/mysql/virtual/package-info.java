/**
 * Virtual columns: MySQL computes their values anew in each session that reads or writes a row. So
 * Orderwire watches a table only if each of them has the same value in every session.
 *
 * <p>Begin with {@link dev.orderwire.mysql.virtual.VirtualColumns}. It proves this from the text of
 * the column's expression: {@code ExpressionKind} finds out the {@code Kind} of each part, and
 * {@code Functions} lists the functions that are known to depend on nothing but their arguments.
 * What is not listed is refused.
 */
@NullMarked
package dev.orderwire.mysql.virtual;

import org.jspecify.annotations.NullMarked;
