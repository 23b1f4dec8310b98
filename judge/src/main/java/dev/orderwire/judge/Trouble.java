package dev.orderwire.judge;

import java.util.Locale;

/** What can go wrong in a run; each can be left out. */
enum Trouble {
  /** {@code kill -9} of a server, which is started again. */
  KILL,
  /** SIGTERM of a server, which is started again. */
  TERM,
  /** SIGSTOP of a server, and SIGCONT. */
  STOP,
  /** {@code kill -9} of mysqld, which is started again on its data. */
  MYSQL,
  /** KILL of the connection by which a server follows the change log. */
  TAIL,
  /** A server's connections to MySQL are broken, and refused for a while. */
  CUT,
  /** Nothing gets through between a server and MySQL for a while, and nothing breaks. */
  SILENCE,
  /** Schema changes of the watched tables, while writers write. */
  SCHEMA,
  /** DROP of a trigger of ours. */
  TRIGGER,
  /** DROP of the change log. */
  LOG;

  /** Whether it is done to the schema, and not to a process or the network. */
  boolean isOfTheSchema() {
    return this == SCHEMA || this == TRIGGER || this == LOG;
  }

  /** As it is written in the command. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
