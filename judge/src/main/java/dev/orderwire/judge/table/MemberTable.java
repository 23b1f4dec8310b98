package dev.orderwire.judge.table;

import dev.orderwire.judge.run.SeededRandom;
import java.util.List;

/**
 * Which teams see which groups of {@link ItemTable}: the table of a lookup. Every change moves the
 * items of a group into or out of the sight of a team. Schema changes leave it alone, so that the
 * change log has all its changes.
 */
public final class MemberTable implements WatchedTable {
  public static final int TEAMS = 6;
  private static final Filter.Field TEAM = new Filter.Field("team", false);
  private static final Filter.Field GROUP = new Filter.Field("grp", false);

  @Override
  public String name() {
    return "member";
  }

  @Override
  public String createSql() {
    return """
    CREATE TABLE member (
      team INT NOT NULL,
      grp INT NOT NULL,
      PRIMARY KEY (team, grp))
      CHARSET=utf8mb4\
    """;
  }

  @Override
  public List<String> columns() {
    return List.of("team", "grp");
  }

  @Override
  public int keyLength() {
    return 2;
  }

  @Override
  public List<Filter.Field> fields() {
    return List.of(TEAM, GROUP);
  }

  @Override
  public String value(Filter.Field field, SeededRandom random) {
    return String.valueOf(random.below(field.equals(TEAM) ? TEAMS : ItemTable.GROUPS));
  }

  @Override
  public Sql statement(SeededRandom random, int rows) {
    int team = random.below(TEAMS);
    int group = random.below(ItemTable.GROUPS);
    return switch (random.below(6)) {
      case 0, 1, 2 ->
          new Sql("INSERT IGNORE INTO member VALUES (%d, %d)".formatted(team, group), false);
      case 3 ->
          new Sql(
              "UPDATE IGNORE member SET grp = %d WHERE team = %d ORDER BY grp DESC LIMIT 1"
                  .formatted(group, team),
              false);
      case 4 ->
          new Sql("DELETE FROM member WHERE team = %d AND grp > %d".formatted(team, group), false);
      default ->
          new Sql("DELETE FROM member WHERE team = %d AND grp = %d".formatted(team, group), false);
    };
  }
}
