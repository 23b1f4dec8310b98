package dev.orderwire.demo.cluster;

import dev.orderwire.demo.EmbeddedMysql;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The embedded MySQL, which has the same port and password after each start. */
public final class MysqlProgram implements Part.Program {
  private final Path data;
  private int port;
  private volatile @Nullable EmbeddedMysql newest;

  /**
   * @param data as in {@link EmbeddedMysql#start}
   * @param port as in {@link EmbeddedMysql#start}, for the first start
   */
  public MysqlProgram(Path data, int port) {
    this.data = data;
    this.port = port;
  }

  /** The MySQL of the last start; it may have ended. Only after a start. */
  public EmbeddedMysql mysql() {
    EmbeddedMysql mysql = newest;
    if (mysql == null) {
      throw new IllegalStateException("MySQL has not been started");
    }
    return mysql;
  }

  @Override
  public Part.Running start() {
    EmbeddedMysql mysql = EmbeddedMysql.start(data, port, List.of());
    port = mysql.port();
    newest = mysql;
    return new Part.Running() {
      @Override
      public long pid() {
        return mysql.pid();
      }

      @Override
      public String awaitEnd() throws InterruptedException {
        return "exit code " + mysql.awaitEnd();
      }

      @Override
      public void stop() {
        mysql.close();
      }

      @Override
      public void kill() {
        mysql.kill();
      }
    };
  }
}
