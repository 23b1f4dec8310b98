package dev.orderwire.gateway.catchup;

import dev.orderwire.change.Position;
import dev.orderwire.gateway.catchup.CatchUp.Have;
import dev.orderwire.gateway.catchup.Spool.VoidException;
import dev.orderwire.gateway.protocol.Messages;
import org.jspecify.annotations.Nullable;

/** Gives one client the rows of its view, no faster than it takes them. */
final class SnapshotDelivery {
  private final Outlet outlet;
  private final CatchUp.Tools tools;

  SnapshotDelivery(Outlet outlet, CatchUp.Tools tools) {
    this.outlet = outlet;
    this.tools = tools;
  }

  /**
   * Gives all of them, in the table's newest known shape.
   *
   * @param reset why what the client has is void; null where it has nothing
   * @return what it has then: the rows, or as much of them as is void by now
   */
  Have give(@Nullable String reset) {
    Have have = reset == null ? new Have.Nothing() : new Have.Outdated(reset);
    outlet.renew(tools.source().catalog());
    try (Spool.Seat seat = tools.spools().join(outlet.view())) {
      Position at = seat.position();
      if (tools.source().catalog().isVoid(outlet.view().table(), at)) {
        return have;
      }
      tools.traffic().snapshot();
      outlet.answer(at, false);
      if (reset != null) {
        outlet.send(Messages.reset(outlet.view(), reset));
      }
      have = new Have.Outdated("schema");
      for (SpoolMessage message = seat.next(); message != null; message = seat.next()) {
        outlet.give(message);
      }
      return new Have.Rows(at);
    } catch (VoidException e) {
      return have;
    }
  }
}
