package dev.orderwire.view;

import dev.orderwire.change.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Reads a condition from its normal form, which is a part of a view's identity: if two conditions
 * had one text, this could read only one of them.
 */
final class NormalForm {
  private final String text;
  private final Table table;
  private int at;

  NormalForm(String text, Table table) {
    this.text = text;
    this.table = table;
  }

  Where read() {
    Where where = where();
    if (at != text.length()) {
      throw new AssertionError("more after the end: " + text.substring(at));
    }
    return where;
  }

  private Where where() {
    if (text.startsWith("\"", at)) {
      return condition();
    }
    if (take("and[")) {
      return new Where.And(list(this::where));
    }
    if (take("or[")) {
      return new Where.Or(list(this::where));
    }
    require("not[");
    Where part = where();
    require("]");
    return new Where.Not(part);
  }

  private Where condition() {
    Field field = new Field(table.column(quoted()).orElseThrow());
    if (take(" is null")) {
      return new Where.Null(field);
    }
    if (take(" in [")) {
      return new Where.In(field, new TreeSet<>(list(this::value)));
    }
    if (take(" <= ")) {
      return new Where.Below(field, value(), true);
    }
    require(" < ");
    return new Where.Below(field, value(), false);
  }

  private <T> List<T> list(Supplier<T> item) {
    List<T> items = new ArrayList<>();
    while (!take("]")) {
      if (!items.isEmpty()) {
        require(", ");
      }
      items.add(item.get());
    }
    return items;
  }

  private Value value() {
    if (text.startsWith("\"", at)) {
      return new Value.Text(quoted());
    }
    int end = at;
    while (end < text.length() && "+-.E0123456789".indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    Value value = new Value.Exact(new BigDecimal(text.substring(at, end)));
    at = end;
    return value;
  }

  private String quoted() {
    require("\"");
    StringBuilder unquoted = new StringBuilder();
    while (!take("\"")) {
      if (text.charAt(at) == '\\') {
        at++;
      }
      unquoted.append(text.charAt(at++));
    }
    return unquoted.toString();
  }

  private boolean take(String expected) {
    boolean found = text.startsWith(expected, at);
    at += found ? expected.length() : 0;
    return found;
  }

  private void require(String expected) {
    if (!take(expected)) {
      throw new AssertionError("expected %s, found %s".formatted(expected, text.substring(at)));
    }
  }
}
