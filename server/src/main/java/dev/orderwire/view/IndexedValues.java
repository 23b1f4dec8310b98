package dev.orderwire.view;

import java.util.SortedSet;

/**
 * Values of a column by which a view is found: a row matches only if the column has one of them.
 */
record IndexedValues(Field field, SortedSet<Value> values) {}
