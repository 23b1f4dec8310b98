package dev.orderwire.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrivilegesTest {
  private static Privileges of(String... grants) {
    return Privileges.parse(List.of(grants));
  }

  @Test
  void aGrantOnATableIsForThatTableAlone() {
    Privileges privileges = of("GRANT SELECT, TRIGGER ON `shop`.`my ``t` TO `u`@`%`");
    assertThat(privileges.onTable("TRIGGER", "shop", "my `t")).isTrue();
    assertThat(privileges.onTable("INSERT", "shop", "my `t")).isFalse();
    assertThat(privileges.onTable("TRIGGER", "shop", "my t")).isFalse();
    assertThat(privileges.onTable("TRIGGER", "shops", "my `t")).isFalse();
    assertThat(privileges.onDatabase("TRIGGER", "shop")).isFalse();
    assertThat(privileges.everywhere("TRIGGER")).isFalse();
  }

  @Test
  void aGrantOnColumnsIsNoGrantOnTheTable() {
    Privileges privileges =
        of("GRANT SELECT (`a`, `b)`), INSERT, UPDATE (`TRIGGER, DROP`) ON `shop`.`t` TO `u`@`%`");
    assertThat(privileges.onTable("SELECT", "shop", "t")).isFalse();
    assertThat(privileges.onTable("TRIGGER", "shop", "t")).isFalse();
    assertThat(privileges.onTable("DROP", "shop", "t")).isFalse();
    assertThat(privileges.onTable("INSERT", "shop", "t")).isTrue();
  }

  @Test
  void aGrantOnADatabaseIsForAllThatItsPatternMatches() {
    Privileges privileges =
        of("GRANT ALL PRIVILEGES ON `shop\\_1`.* TO `u`@`%`", "GRANT DROP ON `a_%.c`.* TO `u`@`%`");
    assertThat(privileges.onTable("SELECT", "shop_1", "t")).isTrue();
    assertThat(privileges.onDatabase("LOCK TABLES", "shop_1")).isTrue();
    assertThat(privileges.onDatabase("LOCK TABLES", "shopx1")).isFalse();
    assertThat(privileges.onDatabase("DROP", "ab.c")).isTrue();
    assertThat(privileges.onDatabase("DROP", "abxyz.c")).isTrue();
    assertThat(privileges.onDatabase("DROP", "a.c")).isFalse();
    assertThat(privileges.onDatabase("DROP", "abxc")).isFalse();
  }

  @Test
  void aGrantOnEverythingCountsEverywhereButWhereItIsRevoked() {
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
    assertThat(privileges.onDatabase("LOCK TABLES", "secret")).isTrue();
    assertThat(privileges.onTable("SELECT", "shop", "t")).isTrue();
    assertThat(privileges.onTable("SELECT", "secret", "t")).isFalse();
    assertThat(privileges.onTable("SELECT", "secret", "open")).isTrue();
  }

  @Test
  void whoMayOnlyLogInMayNothing() {
    Privileges privileges = of("GRANT USAGE ON *.* TO `u`@`%`");
    assertThat(privileges.onTable("SELECT", "shop", "t")).isFalse();
    assertThat(privileges.everywhere("SUPER")).isFalse();
  }
}
