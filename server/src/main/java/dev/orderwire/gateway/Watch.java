package dev.orderwire.gateway;

import dev.orderwire.view.View;

/** What can be shared by all who watch it: a view, at a pace. */
record Watch(View view, Pace pace) {}
