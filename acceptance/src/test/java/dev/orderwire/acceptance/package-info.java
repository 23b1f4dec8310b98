/**
 * Tests of Orderwire from a user's point of view: the commands of {@code ./orderwire} as processes,
 * and the dashboard in a real browser.
 *
 * <p>Begin with {@link dev.orderwire.acceptance.OrderwireProcess}, one run of the launcher, and
 * {@link dev.orderwire.acceptance.Screen}, the dashboard in the browser. Each test class has a
 * project folder of its own, so that its commands find no other demo. The tests use no classes of
 * the server: they read its output, MySQL, the messages to clients, and the page.
 */
@NullMarked
package dev.orderwire.acceptance;

import org.jspecify.annotations.NullMarked;
