package dev.orderwire.mysql;

import com.mysql.cj.log.Log;
import com.mysql.cj.protocol.ServerSession;
import com.mysql.cj.protocol.SocketConnection;
import com.mysql.cj.protocol.StandardSocketFactory;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The driver's connections, with {@link MysqlTls} in place of the driver's own TLS. The driver
 * creates it by its name.
 */
@SuppressWarnings("TypeParameterUnusedInFormals") // As the driver declares its methods.
public final class TlsSocketFactory extends StandardSocketFactory {
  @Override
  public <T extends Closeable> T performTlsHandshake(
      SocketConnection connection, ServerSession session) throws IOException {
    return performTlsHandshake(connection, session, null);
  }

  @Override
  @SuppressWarnings("unchecked") // The driver takes any socket.
  public <T extends Closeable> T performTlsHandshake(
      SocketConnection connection, ServerSession session, @Nullable Log log) throws IOException {
    Properties set = connection.getPropertySet().exposeAsProperties();
    Map<String, String> properties = new HashMap<>();
    set.stringPropertyNames().forEach(name -> properties.put(name, set.getProperty(name)));
    SSLSocket secure = new MysqlTls(host, properties).wrap(rawSocket);
    secure.startHandshake();
    sslSocket = secure;
    return (T) secure;
  }
}
