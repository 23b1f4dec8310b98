package dev.orderwire.gateway.catchup;

import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import java.nio.file.Path;

/**
 * The room that all spools share.
 *
 * @param folder for messages that do not fit into memory
 * @param memory the bound of the messages in memory
 * @param disk the bound of the messages on disk
 * @param loads the bound of the messages that were read back from disk
 */
record SpoolRoom(Path folder, Quota memory, Quota disk, Quota loads) {
  /** One large snapshot leaves memory for many small ones. */
  private static final int SHARE_OF_ONE = 8;

  static SpoolRoom of(GatewayOptions options) {
    return new SpoolRoom(
        options.spoolFolder(),
        new Quota(options.limit(Limit.SPOOL_BYTES)),
        new Quota(options.limit(Limit.SPOOL_MEGABYTES) << 20),
        new Quota(options.limit(Limit.SPOOL_LOADED_BYTES)));
  }

  /** The most memory that one spool may take. */
  static long ofOne(GatewayOptions options) {
    return options.limit(Limit.SPOOL_BYTES) / SHARE_OF_ONE;
  }
}
