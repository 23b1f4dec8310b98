package dev.orderwire.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrivilegesTest {
  private static Privileges of(String... grants) {
    return Privileges.parse(List.of(grants));
  }

  @Test
  void aGrantOnATableCoversOnlyThatTable() {
    Privileges privileges = of("GRANT SELECT, TRIGGER ON `shop`.`my ``t` TO `u`@`%`");
    assertThat(privileges.onTable("TRIGGER", "shop", "my `t")).isTrue();
    assertThat(privileges.onTable("INSERT", "shop", "my `t")).isFalse();
    assertThat(privileges.onTable("TRIGGER", "shop", "my t")).isFalse();
    assertThat(privileges.onTable("TRIGGER", "shops", "my `t")).isFalse();
    assertThat(privileges.onTable("TRIGGER", "shop", "other")).isFalse();
    assertThat(privileges.everywhere("TRIGGER")).isFalse();
  }

  @Test
  void aGrantOnColumnsDoesNotCoverTheTable() {
    Privileges privileges =
        of("GRANT SELECT (`a`, `b)`), INSERT, UPDATE (`TRIGGER, DROP`) ON `shop`.`t` TO `u`@`%`");
    assertThat(privileges.onTable("SELECT", "shop", "t")).isFalse();
    assertThat(privileges.onTable("TRIGGER", "shop", "t")).isFalse();
    assertThat(privileges.onTable("DROP", "shop", "t")).isFalse();
    assertThat(privileges.onTable("INSERT", "shop", "t")).isTrue();
  }

  @Test
  void aGrantOnADatabaseCoversAllThatMatchItsPattern() {
    Privileges privileges =
        of("GRANT ALL PRIVILEGES ON `shop\\_1`.* TO `u`@`%`", "GRANT DROP ON `a_%.c`.* TO `u`@`%`");
    assertThat(privileges.onTable("SELECT", "shop_1", "t")).isTrue();
    assertThat(privileges.onTable("LOCK TABLES", "shop_1", "t")).isTrue();
    assertThat(privileges.onTable("LOCK TABLES", "shopx1", "t")).isFalse();
    assertThat(privileges.onTable("DROP", "ab.c", "t")).isTrue();
    assertThat(privileges.onTable("DROP", "abxyz.c", "t")).isTrue();
    assertThat(privileges.onTable("DROP", "a.c", "t")).isFalse();
    assertThat(privileges.onTable("DROP", "abxc", "t")).isFalse();
  }

  @Test
  void aGlobalGrantCoversAllDatabasesButARevokedOne() {
    Privileges privileges =
        of(
            "GRANT SELECT, LOCK TABLES, SUPER ON *.* TO `u`@`%` WITH GRANT OPTION",
            "GRANT BINLOG_ADMIN ON *.* TO `u`@`%`",
            "REVOKE SELECT ON `secret`.* FROM `u`@`%`",
            "GRANT SELECT ON `secret`.`open` TO `u`@`%`",
            "GRANT `role`@`%` TO `u`@`%`",
            "GRANT PROXY ON ''@'' TO 'root'@'localhost' WITH GRANT OPTION");
    assertThat(privileges.everywhere("SUPER")).isTrue();
    assertThat(privileges.everywhere("TRIGGER")).isFalse();
    assertThat(privileges.onTable("LOCK TABLES", "secret", "t")).isTrue();
    assertThat(privileges.onTable("SELECT", "shop", "t")).isTrue();
    assertThat(privileges.onTable("SELECT", "secret", "t")).isFalse();
    assertThat(privileges.onTable("SELECT", "secret", "open")).isTrue();
  }

  @Test
  void usageGrantsNothing() {
    Privileges privileges = of("GRANT USAGE ON *.* TO `u`@`%`");
    assertThat(privileges.onTable("SELECT", "shop", "t")).isFalse();
    assertThat(privileges.everywhere("SUPER")).isFalse();
  }
}
