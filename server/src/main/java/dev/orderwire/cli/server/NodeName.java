package dev.orderwire.cli.server;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name of a process among others, for people. */
final class NodeName {
  private NodeName() {}

  /** The host's name and the process id. */
  static String ofProcess() {
    return host() + ":" + ProcessHandle.current().pid();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
