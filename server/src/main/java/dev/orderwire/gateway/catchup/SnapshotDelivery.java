package dev.orderwire.gateway.catchup;

import dev.orderwire.change.Position;
import dev.orderwire.gateway.catchup.Spool.VoidException;
import dev.orderwire.gateway.protocol.Messages;
import dev.orderwire.gateway.protocol.ResetReason;
import org.jspecify.annotations.Nullable;

/** Sends one client the rows of its view, no faster than it reads. */
final class SnapshotDelivery {
  private final Outlet outlet;
  private final CatchUp.Tools tools;

  SnapshotDelivery(Outlet outlet, CatchUp.Tools tools) {
    this.outlet = outlet;
    this.tools = tools;
  }

  /**
   * Sends all rows, in the table's newest known shape.
   *
   * @param reset why the rows that the client has are no longer valid; null if it has none
   * @return what the client has afterwards: the rows, or as many as are outdated by now
   */
  ClientState send(@Nullable ResetReason reset) {
    ClientState state = reset == null ? new ClientState.Nothing() : new ClientState.Outdated(reset);
    outlet.renew(tools.source().catalog());
    try (Spool.Reader reader =
        tools.spools().join(outlet.view(), outlet.identity(), outlet::isOpen)) {
      Position position = reader.position();
      if (tools.source().catalog().isVoid(outlet.view().table(), position)
          || !outlet.isAllowedAt(position)) {
        return state;
      }
      tools.traffic().snapshot();
      outlet.answer(position, false);
      if (reset != null) {
        outlet.send(Messages.reset(outlet.view(), reset));
      }
      state = new ClientState.Outdated(ResetReason.SCHEMA);
      for (SpoolMessage message = reader.next(); message != null; message = reader.next()) {
        outlet.sendAndAwait(message);
      }
      return new ClientState.Rows(position);
    } catch (VoidException e) {
      return state;
    }
  }
}
