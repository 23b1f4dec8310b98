package dev.orderwire.mysql.virtual;

import static dev.orderwire.mysql.virtual.Kind.ASCII;
import static dev.orderwire.mysql.virtual.Kind.BYTES;
import static dev.orderwire.mysql.virtual.Kind.CHAR;
import static dev.orderwire.mysql.virtual.Kind.DATE;
import static dev.orderwire.mysql.virtual.Kind.GEOMETRY;
import static dev.orderwire.mysql.virtual.Kind.IN_DOCUMENTS;
import static dev.orderwire.mysql.virtual.Kind.JSON;
import static dev.orderwire.mysql.virtual.Kind.KNOWN_BYTES;
import static dev.orderwire.mysql.virtual.Kind.LITERAL;
import static dev.orderwire.mysql.virtual.Kind.NULL;
import static dev.orderwire.mysql.virtual.Kind.NUMBERS;
import static dev.orderwire.mysql.virtual.Kind.NUMERIC;
import static dev.orderwire.mysql.virtual.Kind.PRINTABLE;
import static dev.orderwire.mysql.virtual.Kind.SIGNED;
import static dev.orderwire.mysql.virtual.Kind.STRINGS;
import static dev.orderwire.mysql.virtual.Kind.TEXT;
import static dev.orderwire.mysql.virtual.Kind.TIME;
import static dev.orderwire.mysql.virtual.Kind.UNSIGNED;
import static dev.orderwire.mysql.virtual.Kind.union;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The functions whose result depends on nothing but their arguments, by the names that SHOW CREATE
 * TABLE gives them. VirtualColumnsTest tries each of them in sessions with hostile settings.
 */
final class Functions {
  private static final Map<String, Signature> ALL = new HashMap<>();

  private static final Set<Kind> ANY_TEXT = union(PRINTABLE, EnumSet.of(BYTES));
  private static final Set<Kind> WRITTEN = EnumSet.of(NULL, TEXT, LITERAL);
  private static final Set<Kind> DATES = EnumSet.of(NULL, DATE);
  private static final Set<Kind> DATES_AND_TIMES = EnumSet.of(NULL, DATE, TIME);
  private static final Set<Kind> DOCUMENTS = EnumSet.of(NULL, JSON, TEXT, LITERAL);

  static {
    // Text. A position is the same in every character set, and no collation matters.
    add(Kind::text, List.of(ANY_TEXT), "concat", "concat_ws");
    add(Kind::text, List.of(ANY_TEXT, NUMBERS), "substr", "left", "right");
    add(Kind::text, List.of(union(ANY_TEXT, EnumSet.of(CHAR))), "rtrim");
    add(Kind::text, List.of(ANY_TEXT), "ltrim", "reverse");
    add(Kind::text, List.of(ANY_TEXT, WRITTEN, WRITTEN), "replace");
    add(Kind::text, List.of(ANY_TEXT, WRITTEN, NUMBERS), "substring_index");
    add(Kind::text, List.of(EnumSet.of(NULL, TEXT, ASCII, JSON)), "lower", "upper");
    add(SIGNED, List.of(PRINTABLE), "char_length");
    add(SIGNED, List.of(KNOWN_BYTES), "length", "bit_length");
    // The collation of a column decides.
    add(SIGNED, List.of(EnumSet.of(TEXT, LITERAL), EnumSet.of(TEXT), NUMBERS), "locate");
    add(SIGNED, List.of(EnumSet.of(TEXT), EnumSet.of(TEXT, LITERAL)), "strcmp");
    add(UNSIGNED, List.of(EnumSet.of(TEXT, LITERAL), EnumSet.of(TEXT)), "find_in_set");

    // Bytes.
    add(ASCII, List.of(KNOWN_BYTES), "md5", "sha", "to_base64");
    add(ASCII, List.of(KNOWN_BYTES, NUMBERS), "sha2");
    add(ASCII, List.of(union(KNOWN_BYTES, EnumSet.of(SIGNED, UNSIGNED))), "hex");
    add(UNSIGNED, List.of(KNOWN_BYTES), "crc32", "ascii", "ord");
    add(BYTES, List.of(STRINGS), "unhex");
    add(BYTES, List.of(WRITTEN), "from_base64", "inet6_aton");
    add(BYTES, List.of(WRITTEN, NUMBERS), "uuid_to_bin");
    add(ASCII, List.of(EnumSet.of(NULL, BYTES), NUMBERS), "bin_to_uuid", "inet6_ntoa");
    add(UNSIGNED, List.of(WRITTEN), "inet_aton");
    add(ASCII, List.of(NUMBERS), "inet_ntoa");

    // Numbers.
    add(Kind::number, List.of(NUMERIC), "floor", "ceiling", "abs");
    add(Kind::number, List.of(NUMERIC, NUMBERS), "round", "truncate");
    add(SIGNED, List.of(NUMERIC), "sign", "sqrt", "exp", "ln", "log", "log2", "log10", "pow");
    add(Kind::number, List.of(NUMBERS), "greatest", "least");
    add(UNSIGNED, List.of(NUMBERS), "bit_count");

    // Dates.
    add(UNSIGNED, List.of(DATES), "year", "quarter", "month", "dayofmonth", "dayofyear");
    add(UNSIGNED, List.of(DATES), "dayofweek", "weekday");
    add(SIGNED, List.of(DATES), "to_days");
    add(UNSIGNED, List.of(DATES, NUMBERS), "week", "yearweek");
    add(UNSIGNED, List.of(DATES_AND_TIMES), "hour", "minute", "second", "microsecond");
    add(SIGNED, List.of(EnumSet.of(NULL, TIME)), "time_to_sec");

    // JSON.
    add(JSON, List.of(DOCUMENTS, WRITTEN), "json_extract", "json_keys");
    add(TEXT, List.of(EnumSet.of(NULL, JSON, TEXT)), "json_unquote");
    add(UNSIGNED, List.of(DOCUMENTS, DOCUMENTS, WRITTEN), "json_contains");
    add(SIGNED, List.of(DOCUMENTS, WRITTEN), "json_length");
    add(UNSIGNED, List.of(DOCUMENTS, WRITTEN), "json_contains_path");
    add(UNSIGNED, List.of(DOCUMENTS), "json_depth", "json_valid");
    add(ASCII, List.of(DOCUMENTS), "json_type");
    add(JSON, List.of(IN_DOCUMENTS), "json_array", "json_object");

    // Geometry.
    add(GEOMETRY, List.of(NUMBERS), "point");
    add(SIGNED, List.of(EnumSet.of(NULL, GEOMETRY)), "st_x", "st_y");
  }

  private Functions() {}

  private static void add(Kind result, List<Set<Kind>> arguments, String... names) {
    add(_ -> result, arguments, names);
  }

  private static void add(
      Function<List<Kind>, Kind> result, List<Set<Kind>> arguments, String... names) {
    for (String name : names) {
      ALL.put(name, new Signature(arguments, result));
    }
  }

  static Optional<Signature> named(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  static Set<String> names() {
    return Set.copyOf(ALL.keySet());
  }
}
