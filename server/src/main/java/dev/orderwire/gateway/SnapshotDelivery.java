package dev.orderwire.gateway;

import dev.orderwire.change.Position;
import dev.orderwire.gateway.Spool.VoidException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives one client the rows of its view, no faster than it takes them. */
final class SnapshotDelivery {
  private final Outlet outlet;
  private final CatchUp.Tools tools;
  private @Nullable String reset;

  /**
   * @param reset why what the client has is void, where it has something
   */
  SnapshotDelivery(Outlet outlet, CatchUp.Tools tools, @Nullable String reset) {
    this.outlet = outlet;
    this.tools = tools;
    this.reset = reset;
  }

  /**
   * Gives all of them, in the table's newest known shape.
   *
   * @return what they stand for; empty where what was given is void, and they are to be given anew
   */
  Optional<Position> give() {
    outlet.renew(tools.source().catalog());
    try (Spool.Seat seat = tools.spools().join(outlet.view())) {
      Position at = seat.position();
      if (isOutdated(at)) {
        return Optional.empty();
      }
      tools.traffic().snapshot();
      outlet.answer(at, false);
      if (reset != null) {
        outlet.send(Messages.reset(outlet.view(), reset));
      }
      reset = "schema";
      for (SpoolMessage message = seat.next(); message != null; message = seat.next()) {
        outlet.give(message);
      }
      return Optional.of(at);
    } catch (VoidException e) {
      return Optional.empty();
    }
  }

  /** The reading began before the table was reset. */
  private boolean isOutdated(Position at) {
    return !at.covers(tools.source().catalog().voidBefore(outlet.view().table().name()));
  }
}
