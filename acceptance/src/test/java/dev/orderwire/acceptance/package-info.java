/**
 * Orderwire as its users meet it: the commands as processes, the dashboard in a real browser.
 *
 * <p>Begin with {@link dev.orderwire.acceptance.DemoProcess}, which is {@code ./orderwire demo},
 * and {@link dev.orderwire.acceptance.Screen}, which is the dashboard as someone sees it. Nothing
 * here reaches into the server: what a test knows of it, it knows from the lines that it prints,
 * from MySQL and from the page.
 */
@NullMarked
package dev.orderwire.acceptance;

import org.jspecify.annotations.NullMarked;
