package dev.orderwire.gateway.match;

import dev.orderwire.gateway.protocol.Pace;
import dev.orderwire.view.View;

/** What can be shared by all who watch it: a view, at a pace. */
public record PacedView(View view, Pace pace) {}
