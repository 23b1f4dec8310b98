package dev.orderwire.gateway.protocol;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.view.View;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The server's messages, except those with rows and changes. */
public final class Messages {
  private static final String VERSION = version();

  private Messages() {}

  /** The version of the running server; {@code dev} outside of a jar. */
  private static String version() {
    String version = Messages.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  public static Frame welcome(String connection, Duration heartbeat) {
    return Draft.frame(
        "welcome",
        null,
        json -> {
          json.writeStringProperty("server", "orderwire " + VERSION);
          json.writeStringProperty("connection", connection);
          json.writeName("heartbeatSeconds");
          writeSeconds(json, heartbeat);
        });
  }

  private static void writeSeconds(JsonGenerator json, Duration time) {
    if (time.toMillis() % 1000 == 0) {
      json.writeNumber(time.toSeconds());
    } else {
      json.writeNumber(time.toMillis() / 1000.0);
    }
  }

  /**
   * Tells a client that it is subscribed.
   *
   * @param resumable whether a client that has seen only this message may resume from {@code
   *     position}; not before a snapshot
   */
  public static Frame subscribed(
      @Nullable String ref, View view, Position position, boolean resumable) {
    return Draft.frame(
        "subscribed",
        resumable ? view.textOf(position) : null,
        json -> {
          writeRef(json, ref);
          json.writeStringProperty("view", view.id());
          json.writeStringProperty("table", view.table().name());
          writeShape(json, view);
          if (!resumable) {
            json.writeStringProperty("position", view.textOf(position));
          }
        });
  }

  /**
   * Tells a client that it is let in.
   *
   * @param expires in how many seconds its token runs out; null if it does not
   */
  public static Frame authenticated(@Nullable String ref, @Nullable Long expires) {
    return Draft.frame(
        "authenticated",
        null,
        json -> {
          writeRef(json, ref);
          if (expires != null) {
            json.writeNumberProperty("expiresInSeconds", expires);
          }
        });
  }

  /** Tells a client that its token runs out soon. */
  public static Frame expiring(long seconds) {
    return Draft.frame("expiring", null, json -> json.writeNumberProperty("seconds", seconds));
  }

  /** Asks a client to reconnect, since this server ends. */
  public static Frame reconnect(long afterMillis) {
    return Draft.frame(
        "reconnect",
        null,
        json -> {
          json.writeNumberProperty("afterMillis", afterMillis);
          json.writeStringProperty("reason", "drain");
        });
  }

  public static Frame reset(View view, ResetReason reason) {
    return Draft.frame(
        "reset",
        null,
        json -> {
          json.writeStringProperty("view", view.id());
          json.writeStringProperty("reason", reason.text());
          writeShape(json, view);
        });
  }

  private static void writeShape(JsonGenerator json, View view) {
    Json.strings(json, "key", view.key());
    Json.columns(json, view.columns());
  }

  public static Frame unsubscribed(@Nullable String ref, String view) {
    return Draft.frame(
        "unsubscribed",
        null,
        json -> {
          writeRef(json, ref);
          json.writeStringProperty("view", view);
        });
  }

  public static Frame pong(@Nullable String ref) {
    return Draft.frame("pong", null, json -> writeRef(json, ref));
  }

  public static Frame position(String position) {
    return Draft.frame("position", position, json -> {});
  }

  public static Frame error(@Nullable String ref, OrderwireException cause) {
    return Draft.frame(
        "error",
        null,
        json -> {
          writeRef(json, ref);
          json.writeStringProperty("code", cause.code().text());
          json.writeStringProperty("message", cause.getMessage());
        });
  }

  private static void writeRef(JsonGenerator json, @Nullable String ref) {
    if (ref != null) {
      json.writeStringProperty("ref", ref);
    }
  }
}
