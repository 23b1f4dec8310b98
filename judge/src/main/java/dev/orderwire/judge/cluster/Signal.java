package dev.orderwire.judge.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A signal that Java cannot send. */
enum Signal {
  STOP,
  CONT;

  /** Sends it, if the process runs. */
  void send(Process process) throws InterruptedException {
    if (process.isAlive()) {
      send(process.pid());
    }
  }

  /** Sends it to a process that this one has started, and that runs. */
  void send(long pid) throws InterruptedException {
    try {
      new ProcessBuilder("kill", "-" + name(), String.valueOf(pid)).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
