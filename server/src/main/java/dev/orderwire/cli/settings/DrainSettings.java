package dev.orderwire.cli.settings;

import dev.orderwire.gateway.DrainOptions;
import java.time.Duration;

/** How the server sends its clients away before it ends. */
public record DrainSettings(
    @Setting(
            defaultValue = "3",
            max = 3600,
            description =
                "For how many seconds after SIGTERM the server still accepts connections, while"
                    + " `/health/ready` says 503, so that load balancers notice; see"
                    + " [restart](../operations.md#restart). Skipped if no client is connected and"
                    + " nothing has ever asked for `/health/ready`.")
        int noticeSeconds,
    @Setting(
            defaultValue = "1000",
            min = 1,
            max = 1_000_000,
            description =
                "How many clients are then asked to reconnect in a second; more of them if the limit"
                    + " would be over before.")
        int clientsPerSecond,
    @Setting(
            defaultValue = "25",
            min = 1,
            max = 86_400,
            description =
                "After how many seconds the server ends, the notice included, whether all clients"
                    + " have left or not. A service manager must wait longer than that before it"
                    + " kills the server.")
        int limitSeconds) {
  /** At once: for a server whose clients have no other one to go to. */
  public static final DrainSettings AT_ONCE = new DrainSettings(0, 1_000, 2);

  public DrainOptions options() {
    return new DrainOptions(
        Duration.ofSeconds(noticeSeconds), clientsPerSecond, Duration.ofSeconds(limitSeconds));
  }

  void check(Problems problems) {
    if (noticeSeconds >= limitSeconds) {
      problems.add(
          "server.drain.limit-seconds (%d) must be more than server.drain.notice-seconds (%d)"
              .formatted(limitSeconds, noticeSeconds));
    }
  }
}
