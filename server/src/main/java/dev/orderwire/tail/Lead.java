package dev.orderwire.tail;

import java.sql.Connection;

/**
 * The lead among the processes that follow one change log.
 *
 * @param holder the connection that holds the lock of the lead: when it ends, so does the lead
 * @param term the number of this lead; each has a higher one
 */
public record Lead(Connection holder, long term) {}
