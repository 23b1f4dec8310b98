package dev.orderwire.testing;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.IntStream;

/** Values of every column type of MySQL 8, extremes included: one row of a very wide table. */
public final class TypeSamples {
  public static final String TABLE = "samples";

  /** A value of a column of this type, and the JSON that it must have everywhere. */
  private record Sample(String type, String value, String json) {}

  private static final List<Sample> ALL =
      List.of(
          new Sample("TINYINT(1)", "TRUE", "1"),
          new Sample("BOOL", "-128", "-128"),
          new Sample("TINYINT UNSIGNED", "255", "255"),
          new Sample("SMALLINT", "-32768", "-32768"),
          new Sample("MEDIUMINT", "8388607", "8388607"),
          new Sample("INT(10) UNSIGNED ZEROFILL", "42", "42"),
          new Sample("BIGINT", "-9223372036854775808", "-9223372036854775808"),
          new Sample("BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615"),
          new Sample(
              "DECIMAL(65,30)",
              "-99999999999999999999999999999999999.999999999999999999999999999999",
              "\"-99999999999999999999999999999999999.999999999999999999999999999999\""),
          new Sample("DECIMAL(10,2)", "1234.50", "\"1234.50\""),
          new Sample("DECIMAL(10,2) UNSIGNED ZEROFILL", "12.5", "\"12.50\""),
          new Sample("DECIMAL(65,30) ZEROFILL", "0.1", "\"0.100000000000000000000000000000\""),
          new Sample("DECIMAL", "0", "\"0\""),
          new Sample("FLOAT", "0.1", "0.10000000149011612"),
          new Sample("FLOAT", "3.402823466e38", "3.4028234663852886e38"),
          new Sample("FLOAT(7,2) ZEROFILL", "1.5", "1.5"),
          new Sample("DOUBLE", "-0e0", "-0.0"),
          new Sample("DOUBLE", "0e0", "0.0"),
          new Sample("DOUBLE", "0.1e0 + 0.2e0", "0.30000000000000004"),
          new Sample("DOUBLE", "4.9406564584124654e-324", "5e-324"),
          new Sample("DOUBLE", "-1.7976931348623157e308", "-1.7976931348623157e308"),
          new Sample("BIT(1)", "b'1'", "1"),
          new Sample("BIT(64)", "0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
          new Sample("YEAR", "2155", "2155"),
          new Sample("YEAR", "'0000'", "0"),
          new Sample("DATE", "'9999-12-31'", "\"9999-12-31\""),
          new Sample("DATE", "'0000-00-00'", "\"0000-00-00\""),
          new Sample("DATE", "'2020-02-00'", "\"2020-02-00\""),
          new Sample("TIME", "'838:59:59'", "\"838:59:59\""),
          new Sample("TIME(6)", "'-838:59:59'", "\"-838:59:59.000000\""),
          new Sample("TIME(3)", "'-00:00:00.001'", "\"-00:00:00.001\""),
          new Sample("DATETIME", "'0000-00-00 00:00:00'", "\"0000-00-00T00:00:00\""),
          new Sample("DATETIME", "'9999-12-31 23:59:59'", "\"9999-12-31T23:59:59\""),
          new Sample("DATETIME(3)", "'2020-10-25 02:30:00.5'", "\"2020-10-25T02:30:00.500\""),
          new Sample("DATETIME(6)", "'1000-01-01'", "\"1000-01-01T00:00:00.000000\""),
          new Sample("TIMESTAMP NULL", "'0000-00-00'", "\"0000-00-00T00:00:00.000000Z\""),
          new Sample("TIMESTAMP", "'1970-01-01 00:00:01'", "\"1970-01-01T00:00:01.000000Z\""),
          new Sample(
              "TIMESTAMP(6)", "'2038-01-19 03:14:07.999999'", "\"2038-01-19T03:14:07.999999Z\""),
          new Sample("TIMESTAMP(2)", "'2020-06-01 12:00:00.25'", "\"2020-06-01T12:00:00.250000Z\""),
          new Sample("CHAR(10)", "'a  '", "\"a\""),
          new Sample("CHAR(0)", "''", "\"\""),
          new Sample("VARCHAR(10)", "'a  '", "\"a  \""),
          new Sample("VARCHAR(10) CHARACTER SET latin1", "'€ü'", "\"€ü\""),
          new Sample("VARCHAR(10) CHARACTER SET utf16", "'😀'", "\"😀\""),
          new Sample("VARCHAR(10) CHARACTER SET sjis", "'表'", "\"表\""),
          new Sample("CHAR(10) CHARACTER SET utf8", "'ñ'", "\"ñ\""),
          new Sample("TINYTEXT", "''", "\"\""),
          new Sample("TEXT", "'😀 \"\\\\\\n\\t\\0'", "\"😀 \\\"\\\\\\n\\t\\u0000\""),
          new Sample("MEDIUMTEXT CHARACTER SET latin1", "'é'", "\"é\""),
          new Sample("LONGTEXT", "REPEAT('x', 70000)", "\"" + "x".repeat(70000) + "\""),
          new Sample("BINARY(4)", "'a'", "\"YQAAAA==\""),
          new Sample("VARBINARY(100)", "REPEAT(x'FF', 60)", "\"" + "/".repeat(80) + "\""),
          new Sample("TINYBLOB", "''", "\"\""),
          new Sample("BLOB", "x'00'", "\"AA==\""),
          new Sample("MEDIUMBLOB", "x'0A'", "\"Cg==\""),
          new Sample("LONGBLOB", "REPEAT('\\0', 90000)", "\"" + "A".repeat(120000) + "\""),
          new Sample("ENUM('a','Ü','b c')", "'Ü'", "\"Ü\""),
          new Sample("ENUM('a')", "0", "\"\""),
          new Sample("SET('x','y','z')", "'z,x'", "\"x,z\""),
          new Sample("SET('x') CHARACTER SET latin1", "''", "\"\""),
          new Sample(
              "JSON",
              "'{\"a\": [1, 18446744073709551615, -0.0, 1e308, true, null, \"😀\"]}'",
              "{\"a\": [1, 18446744073709551615, -0.0, 1e308, true, null, \"😀\"]}"),
          new Sample(
              "JSON",
              "JSON_ARRAY(1.10, CAST('2020-01-01' AS DATE), CAST(x'FF00' AS BINARY))",
              "[1.10, \"2020-01-01\", \"base64:type15:/wA=\"]"),
          new Sample("JSON", "'null'", "null"),
          new Sample("JSON", "'\"text\"'", "\"text\""),
          new Sample(
              "GEOMETRY SRID 4326",
              "ST_GeomFromText('POINT(52.5 13.25)', 4326)",
              "{\"type\": \"Point\", \"coordinates\": [13.25, 52.5]}"),
          // Stored unchecked: MySQL looks up the reference system only in functions.
          new Sample(
              "GEOMETRY",
              "x'3F420F000101000000000000000000F03F0000000000000040'",
              "{\"type\": \"Point\", \"coordinates\": [1.0, 2.0]}"),
          new Sample(
              "POINT",
              "POINT(1e300, -0e0)",
              "{\"type\": \"Point\", \"coordinates\": [1e300, -0.0]}"),
          new Sample(
              "LINESTRING",
              "ST_GeomFromText('LINESTRING(0 0,1 1)')",
              "{\"type\": \"LineString\", \"coordinates\": [[0.0, 0.0], [1.0, 1.0]]}"),
          new Sample(
              "POLYGON",
              "ST_GeomFromText('POLYGON((0 0,0 1,1 1,0 0))')",
              "{\"type\": \"Polygon\","
                  + " \"coordinates\": [[[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]]}"),
          new Sample(
              "MULTIPOINT",
              "ST_GeomFromText('MULTIPOINT(1 1,2 2)')",
              "{\"type\": \"MultiPoint\", \"coordinates\": [[1.0, 1.0], [2.0, 2.0]]}"),
          new Sample(
              "MULTILINESTRING",
              "ST_GeomFromText('MULTILINESTRING((0 0,1 1))')",
              "{\"type\": \"MultiLineString\", \"coordinates\": [[[0.0, 0.0], [1.0, 1.0]]]}"),
          new Sample(
              "MULTIPOLYGON",
              "ST_GeomFromText('MULTIPOLYGON(((0 0,0 1,1 1,0 0)))')",
              "{\"type\": \"MultiPolygon\","
                  + " \"coordinates\": [[[[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]]]}"),
          new Sample(
              "GEOMETRYCOLLECTION",
              "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2),GEOMETRYCOLLECTION EMPTY)')",
              "{\"type\": \"GeometryCollection\", \"geometries\": ["
                  + "{\"type\": \"Point\", \"coordinates\": [1.0, 2.0]},"
                  + " {\"type\": \"GeometryCollection\", \"geometries\": []}]}"));

  private TypeSamples() {}

  /** Columns {@code id}, {@code touched}, and {@code c0}, {@code c1} and so on for the samples. */
  public static void createTable(TestDatabase database) {
    database.execute(
        IntStream.range(0, ALL.size())
            .mapToObj(i -> ", c" + i + " " + ALL.get(i).type)
            .collect(
                joining(
                    "",
                    "CREATE TABLE samples (id INT AUTO_INCREMENT PRIMARY KEY, touched INT",
                    ")")));
  }

  public static void insert(TestDatabase database) {
    database.execute(
        "SET time_zone = '+00:00', sql_mode = ''",
        "INSERT INTO samples (%s) VALUES (%s)"
            .formatted(columns(), ALL.stream().map(Sample::value).collect(joining(", "))));
  }

  public static String columns() {
    return IntStream.range(0, ALL.size()).mapToObj(i -> "c" + i).collect(joining(", "));
  }

  public static List<String> json() {
    return ALL.stream().map(Sample::json).toList();
  }
}
