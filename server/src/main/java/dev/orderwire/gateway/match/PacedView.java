package dev.orderwire.gateway.match;

import dev.orderwire.gateway.protocol.Pace;
import dev.orderwire.view.View;

/** A view at a pace. Equal ones share their messages. */
public record PacedView(View view, Pace pace) {}
