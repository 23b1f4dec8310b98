/**
 * What a subscriber sees of a table: the rows that its {@code where} lets through, cut to its
 * columns, and what each change means seen from there.
 *
 * <p>Begin with {@link dev.orderwire.view.View}. A {@code where} is read once against the shape of
 * the table into a tree of conditions, and decided in here alone, on the JSON cells of a row, so
 * that snapshot, replay and live changes agree; MySQL only filters ahead, and more loosely ({@link
 * dev.orderwire.view.View#condition}). Everything is immutable and may be shared between threads.
 * It runs no SQL, and knows neither sockets nor who is asking.
 */
@NullMarked
package dev.orderwire.view;

import org.jspecify.annotations.NullMarked;
