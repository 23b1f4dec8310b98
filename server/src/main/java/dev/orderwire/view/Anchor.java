package dev.orderwire.view;

import java.util.SortedSet;

/**
 * Values of one column of which a row has to have one, or it does not pass: by these a view is
 * found.
 */
record Anchor(Field field, SortedSet<Value> values) {}
