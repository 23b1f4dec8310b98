/**
 * Carries what the leading process reads from the change log to all other processes. The change log
 * is the truth, a bus only makes it faster: whatever a bus loses, a process reads from the log.
 */
@NullMarked
package dev.orderwire.bus;

import org.jspecify.annotations.NullMarked;
