/**
 * Orderwire as its users meet it: the commands of {@code ./orderwire} as processes, the dashboard
 * in a real browser.
 *
 * <p>Begin with {@link dev.orderwire.acceptance.Launched}, one run of the launcher, and {@link
 * dev.orderwire.acceptance.Screen}, the dashboard as someone sees it. Each test class has a project
 * folder of its own, so that no demo of anybody else's is found. Nothing here reaches into the
 * server: what a test knows of it, it knows from the lines that it prints, from MySQL, from clients
 * and from the page.
 */
@NullMarked
package dev.orderwire.acceptance;

import org.jspecify.annotations.NullMarked;
