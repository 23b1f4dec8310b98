package dev.orderwire.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Use;
import dev.orderwire.testing.LogLines;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private static final Use LARGE = new Use(Resource.SNAPSHOTS_FOLDER, "", "large");
  private static final Use SMALL = new Use(Resource.SNAPSHOTS_FOLDER, "", "small");
  private static final Use MYSQL = Use.of(Resource.MYSQL);

  private final LogLines log = new LogLines(Refusals.class.getName());
  private Instant now = Instant.parse("2026-11-22T10:00:00Z");
  private final Refusals refusals = new Refusals(() -> now);

  @AfterEach
  void close() {
    log.close();
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void anEpisodeIsOneWarningAndOneEndHoweverManyClientsAsk() {
    Instant began = now;
    for (int i = 0; i < 1_000; i++) {
      assertThat(refusals.refuses(LARGE, "the disk is full", false)).isEqualTo(i == 0);
      pass(Duration.ofMillis(10));
      refusals.serves(SMALL);
    }
    assertThat(log.all())
        .containsExactly("WARN Clients are refused snapshots that need the disk: the disk is full");
    assertThat(refusals.has(Resource.SNAPSHOTS_FOLDER)).isTrue();
    assertThat(refusals.has(Resource.MEMORY)).isFalse();
    assertThat(refusals.report().orElseThrow().since()).contains(began);
    assertThat(refusals.report().orElseThrow().cause())
        .contains("clients are refused snapshots that need the disk: the disk is full");
    refusals.serves(LARGE);
    refusals.serves(LARGE);
    assertThat(log.all())
        .hasSize(2)
        .last()
        .asString()
        .startsWith("INFO Clients get snapshots that need the disk again (refused since " + began);
    assertThat(refusals.report()).isEmpty();
    assertThat(refusals.has(Resource.SNAPSHOTS_FOLDER)).isFalse();
  }

  @Test
  void eachTableHasItsOwnEpisode() {
    refusals.refuses(new Use(Resource.ROWS, "orders", "a"), "a row is too large", false);
    refusals.refuses(new Use(Resource.ROWS, "items", "a"), "no such function", false);
    refusals.serves(new Use(Resource.ROWS, "items", "a"));
    assertThat(refusals.all()).extracting(Refusals.Refusal::what).containsExactly("rows of orders");
    assertThat(log.all())
        .containsExactly(
            "WARN Clients are refused rows of orders: a row is too large",
            "WARN Clients are refused rows of items: no such function",
            "INFO Clients get rows of items again (refused since 2026-11-22T10:00:00Z: no such function)");
  }

  @Test
  void whatNobodyAsksForAgainIsForgotten() {
    refusals.refuses(LARGE, "the disk is full", false);
    pass(Refusals.FORGOTTEN);
    assertThat(refusals.report()).isPresent();
    pass(Duration.ofMillis(1));
    assertThat(refusals.report()).isEmpty();
    assertThat(log.all()).hasSize(2).last().asString().startsWith("INFO No client was refused ");
    refusals.refuses(LARGE, "the disk is full", false);
    assertThat(log.all()).hasSize(3);
  }

  /** It stays right if more requests are refused than it remembers. */
  @Test
  void afterManyDifferentRequestsAnyIsProof() {
    for (int i = 0; i < 10_000; i++) {
      refusals.refuses(new Use(Resource.MEMORY, "", "view " + i), "no memory", false);
    }
    refusals.serves(new Use(Resource.MEMORY, "", "another"));
    assertThat(refusals.all()).isEmpty();
    assertThat(log.all()).hasSize(2);
  }

  /** {@code Mysql} logs it, for the tail and all others too. */
  @Test
  void anOutageOfMysqlIsDegradedButNotLoggedHere() {
    refusals.refuses(MYSQL, "connection refused", true);
    assertThat(refusals.report()).isPresent();
    refusals.serves(MYSQL);
    assertThat(refusals.report()).isEmpty();
    assertThat(log.all()).isEmpty();
  }

  @Test
  void whatPassesIsOverSoonIfNoClientAsksAgain() {
    refusals.refuses(MYSQL, "connection refused", true);
    pass(Refusals.FORGOTTEN_SOON);
    assertThat(refusals.report()).isPresent();
    pass(Duration.ofMillis(1));
    assertThat(refusals.report()).isEmpty();
  }
}
