package dev.orderwire.mysql.virtual;

import java.util.List;

/** A table for virtual columns, its rows, and the virtual columns that are accepted. */
final class AcceptedColumns {
  static final List<String> COLUMNS =
      List.of(
          "id INT PRIMARY KEY",
          "touched INT NOT NULL DEFAULT 0",
          "n INT",
          "big BIGINT",
          "u INT UNSIGNED",
          "y YEAR",
          "bits BIT(5)",
          "price DECIMAL(10,2)",
          "f FLOAT",
          "r DOUBLE",
          "name VARCHAR(40)",
          "latin VARCHAR(40) CHARACTER SET latin1",
          "wide VARCHAR(40) CHARACTER SET utf16",
          "code CHAR(10)",
          "body TEXT",
          "state ENUM('new', 'Paid')",
          "tags SET('a', 'b')",
          "d DATE",
          "dt DATETIME",
          "dt6 DATETIME(6)",
          "ti TIME(3)",
          "ts TIMESTAMP(6) NULL",
          "doc JSON",
          "raw_bytes VARBINARY(40)",
          "more_bytes BLOB",
          "place POINT",
          "uuid VARCHAR(36)",
          "ip VARCHAR(40)");

  static final List<String> ROWS =
      List.of(
          """
          1, 0, -7, -9000000000, 3, 2024, b'00101', 1249.50, 0.1, 1.0e-3,
          'Größe 7', 'naïve', '日本', 'ab', ' Body of a Text ', 'Paid', 'a,b',
          '2024-02-29', '2024-02-29 23:59:59', '2024-12-31 23:59:59.987654', '-12:34:56.789', '2024-06-01 22:30:00.5',
          '{"n": 5, "s": "Grün", "list": [1, 2.50, null]}', x'00ff10', 'blob', POINT(1, 2),
          '6ccd780c-baba-1026-9564-5b8c656024db', '192.168.0.10'\
          """,
          """
          2, 0, 2147480000, 4, 4294967295, 1999, b'11111', -0.01, -3.4e38, 2.5,
          '7', 'ÿ', '😀', 'Z', '7', 'new', '',
          '1999-12-31', '2000-01-01 00:00:00', '2000-01-01 00:00:00.000001', '00:00:00.000', '2020-10-25 00:30:00.123456',
          '[1, "7", {"n": -1}]', '', NULL, NULL, '00000000-0000-0000-0000-000000000000', '10.0.0.1'\
          """,
          "3, 0" + ", NULL".repeat(26),
          """
          4, 0, 0, 0, 0, 0, b'0', 0, 0, -0e0, '', 'a  ', 'e ', '', '', 0, '',
          '2023-02-31', '2023-02-31 10:00:00', '2020-00-00 00:00:00.999999', '838:59:59.999', '0000-00-00',
          '{}', x'ffffffffffffffffffffffffffffffff', '', POINT(0, 0), '6CCD780CBABA102695645B8C656024DB', 'none'\
          """);

  /** A type and an expression each. */
  static final List<String> SAME_IN_ALL_SESSIONS =
      """
      INT: n
      INT: n + 1
      BIGINT: big - n
      BIGINT: -n
      DECIMAL(20,4): price * 1.25
      DECIMAL(20,2): price - 1.5
      DOUBLE: r * f - price
      DOUBLE: f
      BIGINT: n % 5
      BIGINT: n DIV 3
      BIGINT UNSIGNED: u + 4000000000
      BIGINT UNSIGNED: bits & u | 4
      BIGINT UNSIGNED: (u << 3) ^ (u >> 1)
      BIGINT UNSIGNED: ~u
      BIGINT: bit_count(u)
      INT: y + 1
      INT: bits
      BIT(8): bits
      YEAR: y
      DECIMAL(12,1): ROUND(price, 1)
      DECIMAL(12,1): TRUNCATE(price, 1)
      BIGINT: ROUND(price)
      BIGINT: FLOOR(price)
      BIGINT: CEILING(price)
      DECIMAL(10,2): ABS(price)
      BIGINT: ABS(n) - 5
      INT: SIGN(price)
      INT: SIGN(price) - 9
      INT: STRCMP(name, latin) - 9
      INT: LOCATE('R', name) - 900
      INT: BIT_LENGTH(name) - 9000
      INT: CHAR_LENGTH(name) - 900
      INT: JSON_LENGTH(doc) - 900
      INT: (n > 3) - (n IS NULL) - 9
      INT: (name LIKE 'a%') - (n IN (1, 2)) - (n BETWEEN 1 AND 2) - 9
      BIGINT: FLOOR(price) - 4000000000
      BIGINT: GREATEST(n, 5) - 4000000000
      BIGINT: NULLIF(n, 5) - IF(n > 3, n, big)
      BIGINT: COALESCE(n, 5) - CASE WHEN n > 3 THEN 1 ELSE 9 END
      BIGINT: 1 - (n > 3 AND big > 3) - (NOT (n <=> 3))
      DOUBLE: name - doc->'$.n'
      BIGINT: (n DIV 3) - (n % 5) - (n * big)
      DOUBLE: SQRT(ABS(r))
      DOUBLE: POW(r, 2)
      DOUBLE: EXP(r)
      DOUBLE: LN(u)
      DOUBLE: LOG(u)
      DOUBLE: LOG2(u)
      DOUBLE: LOG10(u)
      BIGINT: GREATEST(n, 5)
      BIGINT: LEAST(n, big)
      BOOL: n > 3
      BOOL: n BETWEEN 1 AND 10
      BOOL: n IN (1, 2, 3) OR n NOT IN (4, 5) XOR n IS NULL
      BOOL: NOT (n = 5 AND price <> 2) AND n IS NOT NULL
      BOOL: n <=> big
      BOOL: (n > 3) IS TRUE
      BOOL: (n > 3) IS NOT FALSE
      BOOL: ISNULL(n)
      BOOL: state = 'paid'
      BOOL: name = 'größe 7'
      BOOL: latin >= 'n'
      BOOL: name IN ('x', 'y')
      BOOL: name BETWEEN 'a' AND 'm'
      BOOL: name LIKE 'g%7'
      BOOL: name NOT LIKE 'g__'
      BOOL: name = body
      BOOL: name = 7
      BOOL: name COLLATE utf8mb4_bin = 'X'
      BOOL: 'X' COLLATE utf8mb4_bin = 'x'
      BOOL: raw_bytes = more_bytes
      BOOL: d = dt
      BOOL: d < dt6
      BOOL: ti > ti
      BOOL: ts IS NULL
      INT: IF(ts IS NULL, 1, NULL)
      BOOL: code IS NOT NULL
      VARCHAR(50): CONCAT(name, '-', n)
      VARCHAR(50): CONCAT(name, '"(', id)
      VARCHAR(90): CONCAT_WS(' ', name, latin, state, tags)
      VARCHAR(90): CONCAT(n, u, price, f, r, y)
      VARCHAR(90): CONCAT(d, ' ', dt, ' ', dt6, ' ', ti)
      VARCHAR(20): d
      VARCHAR(30): dt6
      CHAR(20): n
      TEXT: CONCAT(body, '!', body)
      TEXT CHARACTER SET utf16: CONCAT(n, ':', name)
      VARCHAR(90) CHARACTER SET latin1: CONCAT(latin, 'é')
      TEXT: CONCAT(wide, latin, name)
      VARCHAR(90): CONCAT(doc)
      VARCHAR(40): LOWER(name)
      VARCHAR(40): UPPER(latin)
      VARCHAR(40): LCASE(wide)
      VARCHAR(40): UCASE(name)
      VARCHAR(40): UPPER(MD5(name))
      VARCHAR(10): SUBSTRING(name, 2, 3)
      VARCHAR(10): SUBSTR(name FROM 2)
      VARCHAR(10): MID(name, 1, 2)
      VARCHAR(10): LEFT(body, 5)
      VARCHAR(10): RIGHT(latin, 2)
      VARCHAR(10): LEFT(n, 1)
      VARCHAR(40): SUBSTRING_INDEX(ip, '.', 2)
      VARCHAR(40): REPLACE(uuid, '-', '')
      VARCHAR(40): REVERSE(name)
      VARCHAR(40): TRIM(body)
      VARCHAR(40): LTRIM(body)
      VARCHAR(40): RTRIM(body)
      VARCHAR(40): TRIM(LEADING 'x' FROM name)
      VARCHAR(40): TRIM(BOTH ' ' FROM body)
      VARCHAR(40): RTRIM(code)
      VARCHAR(40): CONCAT(TRIM(code), '|')
      BOOL: RTRIM(code) = 'AB'
      VARCHAR(40): LPAD(n, 12, '0')
      VARCHAR(40): RPAD(name, 12, '.')
      INT: CHAR_LENGTH(name)
      INT: CHARACTER_LENGTH(wide) - 50
      INT: LENGTH(wide)
      INT: LENGTH(raw_bytes) - 50
      INT: OCTET_LENGTH(name)
      INT: BIT_LENGTH(name)
      INT: LENGTH(CONCAT(n, '-'))
      INT: INSTR(name, 'ß')
      INT: LOCATE('R', name)
      INT: LOCATE('R', name, 2)
      INT: STRCMP(name, 'grosse 7')
      INT: FIND_IN_SET('B', tags)
      INT: name
      INT: LPAD(n, 5, '0')
      CHAR(32): MD5(name)
      CHAR(32): MD5(CONCAT(n, '|', u))
      CHAR(40): SHA1(body)
      CHAR(40): SHA(latin)
      CHAR(64): SHA2(CONCAT(name, doc), 256)
      BIGINT: CRC32(name)
      INT: ASCII(latin)
      BIGINT: ORD(name)
      VARCHAR(90): HEX(name)
      VARCHAR(90): HEX(raw_bytes)
      VARCHAR(90): HEX(n)
      VARBINARY(90): UNHEX('41')
      BINARY(16): UNHEX(MD5(name))
      VARBINARY(90): UNHEX(CONCAT(ABS(n), u))
      VARBINARY(90): UNHEX(REPLACE(uuid, '-', ''))
      VARCHAR(90): TO_BASE64(raw_bytes)
      VARBINARY(90): FROM_BASE64(name)
      VARBINARY(90): name
      VARBINARY(90): CONCAT(raw_bytes, x'00ff')
      BLOB: CONCAT(more_bytes, raw_bytes)
      BINARY(16): UUID_TO_BIN(uuid)
      BINARY(16): UUID_TO_BIN(uuid, 1)
      VARCHAR(36): BIN_TO_UUID(UUID_TO_BIN(uuid))
      BIGINT: INET_ATON(ip)
      VARCHAR(40): INET_NTOA(u)
      VARBINARY(16): INET6_ATON(ip)
      VARCHAR(40): INET6_NTOA(INET6_ATON(ip))
      INT: YEAR(d)
      INT: YEAR(dt) + 5000
      INT: QUARTER(dt)
      INT: MONTH(dt6)
      INT: DAY(d)
      INT: DAYOFMONTH(dt)
      INT: DAYOFYEAR(dt)
      INT: DAYOFWEEK(d)
      INT: WEEKDAY(dt)
      INT: WEEK(d)
      INT: WEEK(d, 3)
      INT: WEEKOFYEAR(dt)
      INT: YEARWEEK(dt)
      INT: YEARWEEK(dt, 3)
      INT: TO_DAYS(dt)
      INT: YEAR(dt6) * 100 + MONTH(dt)
      INT: HOUR(dt)
      INT: HOUR(ti)
      INT: MINUTE(dt6)
      INT: SECOND(ti)
      INT: MICROSECOND(dt6)
      INT: TIME_TO_SEC(ti)
      INT: EXTRACT(YEAR FROM dt)
      INT: EXTRACT(DAY FROM d)
      INT: EXTRACT(HOUR FROM ti)
      INT: DATEDIFF(dt, d)
      INT: DATEDIFF(d, dt6)
      INT: TO_DAYS(dt) - 9000000
      INT: TIME_TO_SEC(ti) - 9000000
      BIGINT: TIMESTAMPDIFF(SECOND, dt, dt6)
      BIGINT: TIMESTAMPDIFF(MONTH, d, dt)
      VARCHAR(30): DATE_FORMAT(dt, '%Y-%m-%d %H:%i:%s.%f')
      VARCHAR(30): DATE_FORMAT(d, '%x-%v')
      VARCHAR(30): COALESCE(dt, d)
      VARCHAR(40): IF(n > 0, name, 'none')
      VARCHAR(40): IFNULL(name, latin)
      VARCHAR(40): COALESCE(name, body, 'none')
      DECIMAL(12,2): COALESCE(price, n, 0)
      VARCHAR(40): NULLIF(name, 'X')
      INT: NULLIF(n, 0)
      VARCHAR(40): CASE state WHEN 'PAID' THEN 'done' WHEN 'new' THEN name ELSE n END
      BIGINT: CASE WHEN n > 3 THEN u WHEN price > 0 THEN n END
      JSON: JSON_EXTRACT(doc, '$.n')
      INT: JSON_EXTRACT(doc, '$.n')
      VARCHAR(40): JSON_UNQUOTE(JSON_EXTRACT(doc, '$.s'))
      VARCHAR(40): doc->>'$.s'
      DECIMAL(10,2): doc->'$.list[1]'
      BOOL: doc->>'$.s' = 'grün'
      BOOL: doc->>'$.n' > 3
      BOOL: doc->'$.n' = 5
      BOOL: doc->'$.s' = 'Grün'
      BOOL: doc->>'$.s' LIKE 'G%'
      VARCHAR(90): CONCAT(doc->>'$.s', ' ', doc->>'$.n')
      BIGINT: CAST(doc->>'$.n' AS SIGNED)
      BIGINT: CAST(JSON_EXTRACT(doc, '$.n') AS UNSIGNED)
      DECIMAL(10,2): CAST(doc->>'$.n' AS DECIMAL(10,2))
      INT: JSON_LENGTH(doc)
      INT: JSON_LENGTH(doc, '$.list')
      INT: JSON_DEPTH(doc)
      BOOL: JSON_VALID(body)
      VARCHAR(20): JSON_TYPE(doc)
      JSON: JSON_KEYS(JSON_OBJECT('k', name, 'n', n, 'p', price))
      JSON: JSON_OBJECT('k', name, 'n', n, 'p', price, 'd', doc)
      JSON: JSON_ARRAY(n, u, r, latin, CONCAT(n, u))
      BOOL: JSON_CONTAINS(doc, '1')
      BOOL: JSON_CONTAINS(doc, '5', '$.n')
      BOOL: JSON_CONTAINS_PATH(doc, 'one', '$.n')
      JSON: CONCAT('{"n":', COALESCE(n, 0), '}')
      JSON: CAST(n AS JSON)
      BIGINT: CAST(name AS SIGNED)
      BIGINT: CAST(price AS SIGNED)
      VARCHAR(40): CAST(n AS CHAR)
      VARCHAR(40): CAST(name AS CHAR(3))
      INT: LENGTH(CAST(n AS CHAR))
      VARBINARY(40): CAST(name AS BINARY)
      VARBINARY(40): CONVERT(name USING utf16)
      VARCHAR(40): CONVERT(name USING latin1)
      POINT: POINT(n, -n)
      DOUBLE: ST_X(place)
      DOUBLE: ST_Y(place)
      """
          .lines()
          .toList();

  private AcceptedColumns() {}

  static List<String> names() {
    return COLUMNS.stream().map(column -> column.substring(0, column.indexOf(' '))).toList();
  }
}
