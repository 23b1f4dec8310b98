package dev.orderwire.cli.process;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The signals that ask a process to end. At the first one, the JVM runs its shutdown hooks; it
 * ignores all others until they are done. The JDK's class for signals has no supported replacement,
 * and javac warns of it, which is an error here: so it is called by reflection.
 */
public final class Signals {
  private static final List<String> NAMES = List.of("TERM", "INT", "HUP");

  private final AtomicBoolean received = new AtomicBoolean();
  private final Runnable atSecond;

  private Signals(Runnable atSecond) {
    this.atSecond = atSecond;
  }

  /** Runs a task when a second signal arrives. The first one ends the process as before. */
  static void onSecond(Runnable task) {
    try {
      Consumer<Object> signals = new Signals(task)::received;
      MethodHandle handle =
          MethodHandles.publicLookup()
              .findVirtual(
                  Consumer.class, "accept", MethodType.methodType(void.class, Object.class))
              .bindTo(signals);
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object receiver = MethodHandleProxies.asInterfaceInstance(handler, handle);
      for (String name : NAMES) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), receiver);
      }
    } catch (ReflectiveOperationException e) {
      // Another JVM, or one with -Xrs: it treats the second signal as it does.
    }
  }

  /** On a thread of its own for each signal. */
  private void received(Object signal) {
    if (received.compareAndSet(false, true)) {
      // The code of a process that a signal ends; the shutdown hook has a better one.
      System.exit(128 + numberOf(signal));
    }
    atSecond.run();
  }

  private static int numberOf(Object signal) {
    try {
      return (int) signal.getClass().getMethod("getNumber").invoke(signal);
    } catch (ReflectiveOperationException e) {
      return 0;
    }
  }
}
