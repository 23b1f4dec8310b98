package dev.orderwire.view;

import dev.orderwire.change.Column;
import dev.orderwire.change.Row;
import dev.orderwire.feed.Prefilter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A condition on rows, in normal form: conditions with the same meaning in other words, such as
 * {@code {"a":1}} and {@code {"a":{"in":[1.0]}}}, have the same text. {@link WhereParser} makes
 * them out of JSON.
 */
sealed interface Where {
  /** A row matches if this is {@link Truth#TRUE}. */
  Truth test(Row row);

  /** What a database may filter by before {@link #test}: it lets through every row that matches. */
  Prefilter prefilter();

  /** A matching row has one of the values of each of these. */
  default List<IndexedValues> indexedValues() {
    return List.of();
  }

  /** The normal form as text, with its parts in the order of their texts. */
  @Override
  String toString();

  /** True if all parts are true, and so if there are none. */
  static Where and(Collection<Where> parts) {
    List<Where> normal =
        normal(parts, part -> part instanceof And(var inner) ? inner : List.of(part));
    return normal.size() == 1 ? normal.getFirst() : new And(normal);
  }

  /** True if any part is true, and so never if there are none. */
  static Where or(Collection<Where> parts) {
    List<Where> normal =
        normal(parts, part -> part instanceof Or(var inner) ? inner : List.of(part));
    return normal.size() == 1 ? normal.getFirst() : new Or(normal);
  }

  static Where not(Where part) {
    return part instanceof Not(Where inner) ? inner : new Not(part);
  }

  /**
   * A condition for rows that match only one of two conditions. Others may match it too, but few:
   * parts that both have in common stay, and of two lists only the difference is left.
   */
  static Where either(Where one, Where other) {
    if (one.toString().equals(other.toString())) {
      return or(List.of());
    }
    if (one instanceof In(Field field, var values)
        && other instanceof In(Field otherField, var otherValues)
        && field.equals(otherField)) {
      SortedSet<Value> difference = new TreeSet<>(values);
      difference.addAll(otherValues);
      difference.removeIf(value -> values.contains(value) && otherValues.contains(value));
      return difference.isEmpty() ? or(List.of()) : new In(field, difference);
    }
    List<Where> common = new ArrayList<>(parts(one));
    common.removeIf(part -> !has(other, part));
    List<Where> rest = parts(one).stream().filter(part -> !has(other, part)).toList();
    List<Where> otherRest = parts(other).stream().filter(part -> !has(one, part)).toList();
    if (common.isEmpty()) {
      return or(List.of(one, other));
    }
    common.add(
        rest.size() == 1 && otherRest.size() == 1
            ? either(rest.getFirst(), otherRest.getFirst())
            : or(List.of(and(rest), and(otherRest))));
    return and(common);
  }

  private static List<Where> parts(Where where) {
    return where instanceof And(var parts) ? parts : List.of(where);
  }

  private static boolean has(Where where, Where part) {
    return parts(where).stream().anyMatch(each -> each.toString().equals(part.toString()));
  }

  private static List<Where> normal(
      Collection<Where> parts, Function<Where, Collection<Where>> unfolded) {
    SortedMap<String, Where> byText = new TreeMap<>();
    parts.forEach(
        part -> unfolded.apply(part).forEach(inner -> byText.put(inner.toString(), inner)));
    return List.copyOf(byText.values());
  }

  /** Created by {@link #and(Collection)}. */
  record And(List<Where> parts) implements Where {
    @Override
    public Truth test(Row row) {
      Truth truth = Truth.TRUE;
      for (int i = 0; i < parts.size() && truth != Truth.FALSE; i++) {
        truth = truth.and(parts.get(i).test(row));
      }
      return truth;
    }

    @Override
    public Prefilter prefilter() {
      List<Prefilter> narrowing =
          parts.stream().map(Where::prefilter).filter(part -> !part.equals(Prefilter.ALL)).toList();
      return narrowing.isEmpty() ? Prefilter.ALL : new Prefilter.And(narrowing);
    }

    @Override
    public List<IndexedValues> indexedValues() {
      return parts.stream().flatMap(part -> part.indexedValues().stream()).toList();
    }

    @Override
    public String toString() {
      return "and" + parts;
    }
  }

  /** Created by {@link #or(Collection)}. */
  record Or(List<Where> parts) implements Where {
    @Override
    public Truth test(Row row) {
      Truth truth = Truth.FALSE;
      for (int i = 0; i < parts.size() && truth != Truth.TRUE; i++) {
        truth = truth.or(parts.get(i).test(row));
      }
      return truth;
    }

    @Override
    public Prefilter prefilter() {
      return any(parts.stream().map(Where::prefilter).toList());
    }

    @Override
    public String toString() {
      return "or" + parts;
    }
  }

  /** Created by {@link #not(Where)}. */
  record Not(Where part) implements Where {
    @Override
    public Truth test(Row row) {
      return part.test(row).not();
    }

    /**
     * Everything: the opposite of a filter that lets too much through would let too little through.
     */
    @Override
    public Prefilter prefilter() {
      return Prefilter.ALL;
    }

    @Override
    public String toString() {
      return "not[" + part + "]";
    }
  }

  /** The column has one of the values; {@code eq} has a single one. */
  record In(Field field, SortedSet<Value> values) implements Where {
    public In {
      values = Collections.unmodifiableSortedSet(new TreeSet<>(values));
    }

    @Override
    public Truth test(Row row) {
      Value value = field.in(row);
      return value == null ? Truth.UNKNOWN : Truth.of(values.contains(value));
    }

    @Override
    public Prefilter prefilter() {
      return any(values.stream().map(value -> equal(field.column(), value)).toList());
    }

    @Override
    public List<IndexedValues> indexedValues() {
      return List.of(new IndexedValues(field, values));
    }

    @Override
    public String toString() {
      return field + " in " + values;
    }
  }

  /** The column is below the bound, or equal to it if the bound is included. */
  record Below(Field field, Value bound, boolean included) implements Where {
    @Override
    public Truth test(Row row) {
      Value value = field.in(row);
      if (value == null) {
        return Truth.UNKNOWN;
      }
      int order = value.compareTo(bound);
      return Truth.of(order < 0 || (order == 0 && included));
    }

    @Override
    public Prefilter prefilter() {
      return Prefilter.ALL;
    }

    @Override
    public String toString() {
      return field + (included ? " <= " : " < ") + bound;
    }
  }

  /** The column is NULL. */
  record Null(Field field) implements Where {
    @Override
    public Truth test(Row row) {
      return Truth.of(field.isNullIn(row));
    }

    @Override
    public Prefilter prefilter() {
      return new Prefilter.IsNull(field.column());
    }

    @Override
    public String toString() {
      return field + " is null";
    }
  }

  private static Prefilter any(List<Prefilter> parts) {
    return parts.contains(Prefilter.ALL) ? Prefilter.ALL : new Prefilter.Or(parts);
  }

  private static Prefilter equal(Column column, Value value) {
    return switch (value) {
      case Value.Exact(BigDecimal number) -> new Prefilter.EqualNumber(column, number);
      case Value.Text(String text) -> new Prefilter.EqualText(column, text);
    };
  }
}
