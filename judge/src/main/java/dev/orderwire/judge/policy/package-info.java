/**
 * Policies: who may see which rows and columns. The servers get them as settings; here they are
 * evaluated a second time, without the server's code.
 *
 * <p>Begin with {@link dev.orderwire.judge.policy.Sight}, what one identity may see of one table.
 * This package knows no client and no server.
 */
@NullMarked
package dev.orderwire.judge.policy;

import org.jspecify.annotations.NullMarked;
