package dev.orderwire.presence;

/**
 * An address or an identity whose connections are counted over all servers. Safe for any number of
 * threads.
 */
public interface Counted {
  /** The name of an identity among all that are counted. */
  static String identity(String name) {
    return "i:" + name;
  }

  /** The name of an address among all that are counted. */
  static String address(String text) {
    return "a:" + text;
  }

  /** The same on all servers. */
  String name();

  /** How many connections it has on this server. */
  int here();

  /**
   * Takes note of its connections on all other servers.
   *
   * @return how many it has too many, by its limit; 0 if none
   */
  int elsewhere(int connections);
}
