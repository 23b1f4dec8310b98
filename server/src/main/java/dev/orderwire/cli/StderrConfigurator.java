package dev.orderwire.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;

/**
 * Sends logs to stderr, as stdout is for results. Libraries log only warnings and errors.
 *
 * <p>This is code because the start of a server waits for it, and reading an XML file takes longer
 * than everything else here. {@code -Dlogback.configurationFile} replaces it. Logback finds this
 * class through {@code META-INF/services}.
 */
public final class StderrConfigurator extends ContextAwareBase implements Configurator {
  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %logger{0}: %msg%n";

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    var lines = new PatternLayoutEncoder();
    lines.setContext(loggers);
    lines.setPattern(LINE);
    lines.setCharset(StandardCharsets.UTF_8);
    lines.start();
    var stderr = new ConsoleAppender<ILoggingEvent>();
    stderr.setContext(loggers);
    stderr.setName("stderr");
    stderr.setTarget(ConsoleTarget.SystemErr.getName());
    stderr.setEncoder(lines);
    stderr.start();
    loggers.getLogger("dev.orderwire").setLevel(Level.INFO);
    // The pool warns of each connection that an outage ends, with a stack trace. Mysql says it
    // once.
    loggers.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
    // The same for the client libraries of a bus, with each attempt to connect.
    loggers.getLogger("io.lettuce").setLevel(Level.ERROR);
    loggers.getLogger("org.apache.kafka").setLevel(Level.ERROR);
    var root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(stderr);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
