package dev.orderwire.bench.peer;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;

/** Linux's socket calls, without Java's socket classes in between. */
final class Libc {
  private static final int AF_INET = 2;
  private static final int SOCK_STREAM = 1;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_NODELAY = 1;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int BACKLOG = 4_096;

  /** struct sockaddr_in: family, port, address, and eight bytes of padding. */
  private static final int ADDRESS_BYTES = 16;

  private static final int PORT = 2;
  private static final int HOST = 4;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final ValueLayout.OfShort NETWORK_SHORT =
      JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

  // Constants, because the JIT compiler turns only a constant handle into a plain call.
  private static final MethodHandle SOCKET =
      function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = function("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle LISTEN = function("listen", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle GETSOCKNAME =
      function("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle ACCEPT =
      function("accept", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SETSOCKOPT =
      function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle RECV =
      function("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SEND =
      function("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

  private Libc() {}

  @SuppressWarnings("restricted") // The launcher enables native access.
  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, parameters));
  }

  /** Returns a socket that listens on a free port of 127.0.0.1. */
  static int listen() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS_BYTES);
      address.set(JAVA_SHORT, 0, (short) AF_INET);
      MemorySegment.copy(LOOPBACK, 0, address, JAVA_BYTE, HOST, LOOPBACK.length);
      int socket = requireSuccess("socket", (int) SOCKET.invokeExact(AF_INET, SOCK_STREAM, 0));
      requireSuccess("bind", (int) BIND.invokeExact(socket, address, ADDRESS_BYTES));
      requireSuccess("listen", (int) LISTEN.invokeExact(socket, BACKLOG));
      return socket;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  static int port(int socket) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS_BYTES);
      MemorySegment length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES);
      requireSuccess("getsockname", (int) GETSOCKNAME.invokeExact(socket, address, length));
      return address.get(NETWORK_SHORT, PORT) & 0xffff;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** Waits for the next client, and returns its socket. */
  static int accept(int listening) {
    try (Arena arena = Arena.ofConfined()) {
      int socket =
          requireSuccess(
              "accept",
              (int) ACCEPT.invokeExact(listening, MemorySegment.NULL, MemorySegment.NULL));
      MemorySegment on = arena.allocateFrom(JAVA_INT, 1);
      requireSuccess(
          "setsockopt",
          (int)
              SETSOCKOPT.invokeExact(
                  socket, IPPROTO_TCP, TCP_NODELAY, on, (int) JAVA_INT.byteSize()));
      return socket;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** Waits for bytes, and returns how many were received. */
  static int receive(int socket, MemorySegment to) {
    try {
      return requireSuccess("recv", (int) (long) RECV.invokeExact(socket, to, to.byteSize(), 0));
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** Returns whether the socket took all bytes. Does not wait. */
  static boolean send(int socket, MemorySegment bytes) {
    try {
      return (long) SEND.invokeExact(socket, bytes, bytes.byteSize(), MSG_DONTWAIT | MSG_NOSIGNAL)
          == bytes.byteSize();
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static int requireSuccess(String call, int result) {
    if (result < 0) {
      throw new IllegalStateException(call + " failed; is the limit of open files too low?");
    }
    return result;
  }

  /** The handles declare Throwable, but throw unchecked exceptions only. */
  private static RuntimeException failed(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
  }
}
