/**
 * Why a client does or does not see a row.
 *
 * <p>Begin with {@link dev.orderwire.gateway.explain.Explainer}. It follows the row the way that a
 * change takes, from the trigger to the client's subscriptions, and says at each step whether the
 * row passes. What the role does not let the client see is named nowhere: no value of a row leaves
 * this package. Who may ask is decided before.
 */
@NullMarked
package dev.orderwire.gateway.explain;

import org.jspecify.annotations.NullMarked;
