package dev.orderwire.cli;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A port on the command line; 0 for any that is free. */
final class Port implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of bounds.
    }
    throw new TypeConversionException("'%s' is not a port: 0 to 65535".formatted(text));
  }

  /**
   * Says at once that a port is taken, where it would otherwise show only after MySQL's start.
   *
   * @throws OrderwireException {@code port_taken}
   */
  static void requireFree(String host, int port) {
    try {
      new ServerSocket(port, 1, InetAddress.getByName(host)).close();
    } catch (IOException e) {
      throw new OrderwireException(
          ErrorCode.PORT_TAKEN,
          "cannot listen on %s:%d (%s): end what listens there, or choose another port with --port"
              .formatted(host, port, e.getMessage()),
          e);
    }
  }
}
