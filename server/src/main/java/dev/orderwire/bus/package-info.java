/**
 * Carries what the leading process reads from the change log to all other processes. The change log
 * is the truth, a bus only makes it faster: whatever a bus loses, a process reads from the log.
 *
 * <p>Begin with {@link dev.orderwire.bus.Bus}, {@link dev.orderwire.bus.Publisher} and {@link
 * dev.orderwire.bus.BusUpstream}. A bus may also keep the changes of each table for other programs:
 * see {@link dev.orderwire.bus.TopicWriter}.
 */
@NullMarked
package dev.orderwire.bus;

import org.jspecify.annotations.NullMarked;
