package dev.orderwire.gateway.http;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.Json;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * The answer to an HTTP request.
 *
 * @param body released with the answer
 * @param headers in addition to those of every answer
 */
record Answer(HttpResponseStatus status, ByteBuf body, Map<String, String> headers) {
  private static final Map<String, String> JSON =
      Map.of("content-type", "application/json", "cache-control", "private, no-store");

  Answer {
    headers = Map.copyOf(headers);
  }

  /** A JSON object. */
  static Answer json(HttpResponseStatus status, Consumer<JsonGenerator> content) {
    ByteBuf body = PooledByteBufAllocator.DEFAULT.directBuffer(1024);
    try (JsonGenerator json = Json.into(body)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
    } catch (RuntimeException | OutOfMemoryError e) {
      body.release();
      throw e;
    }
    return new Answer(status, body, JSON);
  }

  static Answer error(OrderwireException cause) {
    Answer answer =
        json(
            HttpResponseStatus.valueOf(cause.code().status()),
            json -> {
              json.writeName("error");
              json.writeStartObject();
              json.writeStringProperty("code", cause.code().text());
              json.writeStringProperty("message", cause.getMessage());
              json.writeEndObject();
            });
    if (cause.code().status() == HttpResponseStatus.UNAUTHORIZED.code()) {
      return answer.with("www-authenticate", "Bearer");
    }
    return cause.code().retryable() ? answer.with("retry-after", "1") : answer;
  }

  static Answer of(Pages.Page page) {
    return new Answer(
        HttpResponseStatus.valueOf(page.status()),
        Unpooled.copiedBuffer(page.body(), StandardCharsets.UTF_8),
        Map.of("content-type", page.contentType(), "cache-control", "no-store"));
  }

  static Answer empty(HttpResponseStatus status, Map<String, String> headers) {
    return new Answer(status, Unpooled.EMPTY_BUFFER, headers);
  }

  /** Whether the client is told the length of the body: not where no body can come, or no end. */
  boolean hasLength() {
    return !status.equals(HttpResponseStatus.NO_CONTENT)
        && !status.equals(HttpResponseStatus.NOT_MODIFIED)
        && !headers.equals(EventsHandler.HEADERS);
  }

  Answer with(String header, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(header, value);
    return new Answer(status, body, more);
  }
}
