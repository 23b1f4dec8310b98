/**
 * What a role may see: of each table the rows, the columns, and the masks over them.
 *
 * <p>Begin with {@link dev.orderwire.auth.policy.Policies}, which are read from the settings.
 * Together with the claims of a client they give its {@link dev.orderwire.auth.policy.Access}: a
 * {@link dev.orderwire.view.Scope} for each table, decided before anything of a view exists. The
 * package must not know how a client proves who it is.
 */
@NullMarked
package dev.orderwire.auth.policy;

import org.jspecify.annotations.NullMarked;
