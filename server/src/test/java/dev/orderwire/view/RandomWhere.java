package dev.orderwire.view;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Random conditions, each as the JSON of a {@code where} and as SQL with the same meaning. */
public final class RandomWhere {
  /** A condition, or a value, in both languages. */
  public record Both(String json, String sql) {}

  private final Random random;
  private final List<Subject> subjects;

  public RandomWhere(Random random, List<Subject> subjects) {
    this.random = random;
    this.subjects = subjects;
  }

  public Both next() {
    return object(3);
  }

  private Both object(int depth) {
    Map<String, Both> properties = new LinkedHashMap<>();
    for (int count = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(2); count > 0; count--) {
      switch (depth == 0 ? 3 : random.nextInt(6)) {
        case 0 -> properties.put("and", list(depth, " AND ", "TRUE"));
        case 1 -> properties.put("or", list(depth, " OR ", "FALSE"));
        case 2 -> {
          Both part = object(depth - 1);
          properties.put("not", new Both(part.json(), "(NOT " + part.sql() + ")"));
        }
        default -> {
          Subject subject = subjects.get(random.nextInt(subjects.size()));
          properties.put(subject.name(), condition(subject));
        }
      }
    }
    return new Both(
        properties.entrySet().stream()
            .map(property -> '"' + property.getKey() + "\":" + property.getValue().json())
            .collect(Collectors.joining(",", "{", "}")),
        joined(properties.values().stream(), " AND ", "TRUE"));
  }

  private Both list(int depth, String word, String ofNone) {
    List<Both> parts = some(3, () -> object(depth - 1));
    return new Both(json(parts), joined(parts.stream(), word, ofNone));
  }

  private Both condition(Subject subject) {
    if (random.nextInt(6) == 0) {
      boolean isNull = random.nextBoolean();
      String sql = "(`" + subject.name() + "` IS " + (isNull ? "NULL)" : "NOT NULL)");
      return new Both(isNull && random.nextBoolean() ? "null" : "{\"null\":" + isNull + "}", sql);
    }
    if (random.nextInt(4) == 0 && !subject.type().equals("json")) {
      Both value = value(subject);
      return new Both(value.json(), "(" + subject.compared() + " = " + value.sql() + ")");
    }
    Map<String, Both> operators = new LinkedHashMap<>();
    for (int count = 1 + random.nextInt(2); count > 0; count--) {
      switch (random.nextInt(subject.ordered() ? 8 : 4)) {
        case 0 -> operators.put("eq", compared(subject, "="));
        case 1 -> operators.put("ne", compared(subject, "<>"));
        case 2 -> operators.put("in", in(subject, ""));
        case 3 -> operators.put("nin", in(subject, "NOT "));
        case 4 -> operators.put("lt", compared(subject, "<"));
        case 5 -> operators.put("lte", compared(subject, "<="));
        case 6 -> operators.put("gt", compared(subject, ">"));
        default -> operators.put("gte", compared(subject, ">="));
      }
    }
    return new Both(
        operators.entrySet().stream()
            .map(operator -> '"' + operator.getKey() + "\":" + operator.getValue().json())
            .collect(Collectors.joining(",", "{", "}")),
        joined(operators.values().stream(), " AND ", "TRUE"));
  }

  private Both compared(Subject subject, String operator) {
    Both value = value(subject);
    return new Both(
        value.json(), "(" + subject.compared() + " " + operator + " " + value.sql() + ")");
  }

  private Both in(Subject subject, String not) {
    List<Both> values = some(4, () -> value(subject));
    List<Both> equal =
        values.stream()
            .map(v -> new Both(v.json(), subject.compared() + " = " + v.sql()))
            .collect(Collectors.toList());
    String ofNone = "IF(`" + subject.name() + "` IS NULL, NULL, FALSE)";
    return new Both(json(equal), "(" + not + joined(equal.stream(), " OR ", ofNone) + ")");
  }

  private Both value(Subject subject) {
    return subject.values().get(random.nextInt(subject.values().size()));
  }

  private List<Both> some(int most, Supplier<Both> one) {
    List<Both> some = new ArrayList<>();
    for (int count = random.nextInt(most + 1); count > 0; count--) {
      some.add(one.get());
    }
    return some;
  }

  private static String json(List<Both> list) {
    return list.stream().map(Both::json).collect(Collectors.joining(",", "[", "]"));
  }

  private static String joined(Stream<Both> parts, String word, String ofNone) {
    String sql = parts.map(Both::sql).collect(Collectors.joining(word));
    return "(" + (sql.isEmpty() ? ofNone : sql) + ")";
  }
}
