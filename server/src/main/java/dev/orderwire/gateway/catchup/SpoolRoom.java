package dev.orderwire.gateway.catchup;

import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import java.nio.file.Path;

/**
 * What all spools share.
 *
 * @param folder where what does not fit into memory goes
 * @param memory what messages may take in memory that are kept there
 * @param disk what messages may take on disk
 * @param loads what messages may take in memory that were read back from disk for who takes them
 */
record SpoolRoom(Path folder, Quota memory, Quota disk, Quota loads) {
  /** One large snapshot is to leave memory for many small ones. */
  private static final int SHARE_OF_ONE = 8;

  static SpoolRoom of(GatewayOptions options) {
    return new SpoolRoom(
        options.spoolFolder(),
        new Quota(options.limit(Limit.SPOOL_BYTES)),
        new Quota(options.limit(Limit.SPOOL_MEGABYTES) << 20),
        new Quota(options.limit(Limit.SPOOL_LOADED_BYTES)));
  }

  /** How much of the memory one spool may have. */
  static long ofOne(GatewayOptions options) {
    return options.limit(Limit.SPOOL_BYTES) / SHARE_OF_ONE;
  }
}
