/**
 * What a subscriber sees of a table: the rows that match its {@code where}, cut to its columns, and
 * what each change means to that subscriber.
 *
 * <p>Begin with {@link dev.orderwire.view.View}. A {@code where} is parsed once, against the shape
 * of the table, into a tree of conditions. Only this package decides whether a row matches, by the
 * JSON cells of the row, so snapshots, replays and live changes agree; a database may narrow the
 * rows before that ({@link dev.orderwire.view.View#prefilter}). Views are immutable, and safe to
 * share between threads. This package runs no SQL, and knows neither sockets nor users.
 */
@NullMarked
package dev.orderwire.view;

import org.jspecify.annotations.NullMarked;
