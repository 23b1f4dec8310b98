package dev.orderwire.bus.redis;

/**
 * The keys of a store of connections. A command has one key, so that those of a cluster may be
 * anywhere.
 *
 * @param prefix what all keys begin with
 */
record PresenceKeys(String prefix) {
  /** A set: the ids of all servers, those included that have ended lately. */
  String servers() {
    return prefix + ":servers";
  }

  /** A text: what a server says of itself. It is there as long as the server lives. */
  String server(String id) {
    return prefix + ":server:" + id;
  }

  /** A hash: the connections of a server in a bucket, by number. */
  String clients(String id, int bucket) {
    return prefix + ":connections:" + id + ":" + bucket;
  }

  /** A hash: how many connections parties have on a server, by name. */
  String counts(String id, int bucket) {
    return prefix + ":counts:" + id + ":" + bucket;
  }

  /** A list: the messages for a server. */
  String inbox(String id) {
    return prefix + ":inbox:" + id;
  }
}
