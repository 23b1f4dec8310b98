package dev.orderwire.acceptance;

import dev.orderwire.bench.Bench;
import dev.orderwire.judge.Judge;
import dev.orderwire.testing.HelpScreens;
import org.junit.jupiter.api.Test;

/** The programs of a source tree; {@code CommandsTest} has the same for the server's commands. */
final class HelpTest {
  @Test
  void theHelpOfEveryBenchmarkAndOfTheJudgeFitsAScreen() {
    HelpScreens.assertEachFits(Bench.commands());
    HelpScreens.assertEachFits(Judge.command());
  }
}
