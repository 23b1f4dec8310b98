package dev.orderwire.fuzz;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.gateway.CountingTraffic;
import dev.orderwire.gateway.protocol.Limit;

/** Keeps no list of refusals: a fuzzer makes millions. */
public final class Uncounted extends CountingTraffic {
  @Override
  public void overLimit(Limit limit) {
    // Expected.
  }

  @Override
  public void refused(ErrorCode code) {
    // Expected.
  }
}
