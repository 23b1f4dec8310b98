package dev.orderwire.gateway.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.CountingTraffic;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Use;
import dev.orderwire.testing.LogLines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private static final Use ROWS = new Use(Resource.ROWS, "orders", "view");

  private final List<Use> refused = new ArrayList<>();
  private final Set<String> causes = new HashSet<>();

  private final Failures failures =
      new Failures(
          new CountingTraffic() {
            @Override
            public boolean refuses(Use use, String cause, boolean asksAgain) {
              refused.add(use);
              return causes.add(cause);
            }
          });

  private ErrorCode failed(Throwable failure) {
    return failures.failed(ROWS, failure).code();
  }

  private ErrorCode failed(ErrorCode code) {
    return failed(new OrderwireException(code, "the message"));
  }

  @Test
  void whatRefusesAllClientsIsToldWithItsResource() {
    assertThat(failed(ErrorCode.ROW_TOO_LARGE)).isEqualTo(ErrorCode.ROW_TOO_LARGE);
    assertThat(failed(ErrorCode.MYSQL_UNAVAILABLE)).isEqualTo(ErrorCode.MYSQL_UNAVAILABLE);
    assertThat(failed(new OutOfMemoryError("direct"))).isEqualTo(ErrorCode.OVER_LIMIT);
    assertThat(failed(FolderException.full("full", null))).isEqualTo(ErrorCode.OVER_LIMIT);
    assertThat(failed(FolderException.unusable("gone", new IOException())))
        .isEqualTo(ErrorCode.OVER_LIMIT);
    assertThat(refused)
        .containsExactly(
            ROWS,
            Use.of(Resource.MYSQL),
            new Use(Resource.MEMORY, "", "view"),
            new Use(Resource.SNAPSHOTS_FOLDER, "", "view"),
            Use.of(Resource.SNAPSHOTS_FOLDER));
    assertThat(causes).contains("full", "gone", "the message");
  }

  @Test
  void whatIsWrongWithOneRequestConcernsNoOther() {
    for (ErrorCode code :
        List.of(
            ErrorCode.UNKNOWN_POSITION,
            ErrorCode.UNKNOWN_COLUMN,
            ErrorCode.TABLE_ALTERED,
            ErrorCode.OVER_LIMIT,
            ErrorCode.GOING_AWAY)) {
      assertThat(failed(code)).isEqualTo(code);
    }
    assertThat(refused).isEmpty();
  }

  @Test
  void aDefectIsLoggedOnceWithItsStackAndNotToldToClients() {
    try (LogLines log = new LogLines(Failures.class.getName())) {
      for (int i = 0; i < 3; i++) {
        assertThat(failed(new IllegalStateException("oops"))).isEqualTo(ErrorCode.INTERNAL_ERROR);
      }
      assertThat(log.all()).containsExactly("ERROR Failed to serve rows of orders");
    }
    assertThat(refused).containsExactly(ROWS, ROWS, ROWS);
  }
}
