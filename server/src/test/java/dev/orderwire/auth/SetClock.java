package dev.orderwire.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves only when told to. */
public final class SetClock implements InstantSource {
  private volatile Instant now = Instant.ofEpochSecond(1_800_000_000);

  @Override
  public Instant instant() {
    return now;
  }

  public void advance(Duration time) {
    now = now.plus(time);
  }
}
