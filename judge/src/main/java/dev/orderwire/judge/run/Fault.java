package dev.orderwire.judge.run;

import java.util.Locale;

/** The faults of a run. {@code --without} leaves out any of them. */
public enum Fault {
  /** {@code kill -9} of a server; it is restarted. */
  KILL,
  /** SIGTERM of a server; it is restarted. */
  TERM,
  /** SIGSTOP of a server, and SIGCONT after a while. */
  STOP,
  /** {@code kill -9} of mysqld; it is restarted on its data. */
  MYSQL,
  /** KILL of the connection that a server reads the change log with. */
  TAIL,
  /** Resets a server's connections to MySQL, and refuses new ones for a while. */
  CUT,
  /** Holds back all bytes between a server and MySQL for a while, without closing a connection. */
  SILENCE,
  /** Gives MySQL's global variables hostile values, from before the servers start. */
  SETTINGS,
  /** The process that leads is killed, hangs, or is cut off; or all that may lead are killed. */
  RELAY,
  /** All processes that serve clients, or all but one, are killed or terminated at once. */
  GATEWAY,
  /** The Redis of the bus is killed, hangs, loses its data, or fails over. */
  REDIS,
  /** The Kafka of the bus is killed, hangs, or loses its data. */
  KAFKA,
  /** The replica lags, hangs, loses its source or is killed. */
  LAG,
  /** The balancer is killed or hangs for a while. */
  BALANCER,
  /** Changes the schema of a watched table while writers write. */
  SCHEMA,
  /** Drops one of Orderwire's triggers. */
  TRIGGER,
  /** Drops the change log. */
  LOG;

  /** Whether the fault changes the schema, rather than a process or the network. */
  public boolean changesSchema() {
    return this == SCHEMA || this == TRIGGER || this == LOG;
  }

  /** The name in the command's options. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
