package dev.orderwire.cli.values;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A port on the command line; 0 means any free port. */
public final class Port implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number out of range.
    }
    throw new TypeConversionException("'%s' is not a port from 0 to 65535".formatted(text));
  }

  /**
   * Fails at once if a port is in use, and not only after the start of MySQL.
   *
   * @throws OrderwireException {@code port_taken}
   */
  public static void requireFree(String host, int port) {
    try {
      new ServerSocket(port, 1, InetAddress.getByName(host)).close();
    } catch (IOException e) {
      throw new OrderwireException(
          ErrorCode.PORT_TAKEN,
          "cannot listen on %s:%d (%s): stop the process that uses the port, or choose another one with --port"
              .formatted(host, port, e.getMessage()),
          e);
    }
  }
}
