package dev.orderwire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StderrConfiguratorTest {
  private static final String FILE = "logback.configurationFile";

  @Test
  void stderrGetsOurLogsAndTheWarningsOfLibraries() throws Exception {
    String logged =
        onStderr(loggers -> {
          new ContextInitializer(loggers).autoConfig();
          loggers.getLogger("dev.orderwire.cli.MemoryLimits").info("memory: {} MB", "Zoë");
          loggers.getLogger("dev.orderwire.cli.MemoryLimits").debug("not this");
          loggers.getLogger("io.netty.util.Recycler").info("nor this");
          loggers.getLogger("io.netty.util.Recycler").warn("but this");
        });

    assertThat(logged.lines())
        .hasSize(2)
        .element(0)
        .asString()
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  MemoryLimits: memory: Zoë MB");
    assertThat(logged).contains(" WARN  Recycler: but this");
  }

  @Test
  void aConfigurationFileReplacesTheDefault(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("own.xml");
    Files.writeString(
        file,
        """
        <configuration>
          <appender name="own" class="ch.qos.logback.core.ConsoleAppender">
            <target>System.err</target>
            <encoder><pattern>OWN %msg%n</pattern></encoder>
          </appender>
          <root level="DEBUG"><appender-ref ref="own"/></root>
        </configuration>
        """);
    System.setProperty(FILE, file.toString());
    try {
      String logged =
          onStderr(loggers -> {
            assertThat(new StderrConfigurator().configure(loggers))
                .isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
            new ContextInitializer(loggers).autoConfig();
            loggers.getLogger("anything").debug("at all");
          });

      assertThat(logged).isEqualTo("OWN at all" + System.lineSeparator());
    } finally {
      System.clearProperty(FILE);
    }
  }

  private interface Body {
    void run(LoggerContext loggers) throws Exception;
  }

  private static String onStderr(Body body) throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    LoggerContext loggers = new LoggerContext();
    loggers.setMDCAdapter(new LogbackMDCAdapter());
    try {
      body.run(loggers);
    } finally {
      loggers.stop();
      System.setErr(before);
    }
    return logged.toString(StandardCharsets.UTF_8);
  }
}
