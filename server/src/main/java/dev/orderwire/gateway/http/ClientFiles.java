package dev.orderwire.gateway.http;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The dashboard and the JavaScript client: the files in {@code dev/orderwire/gateway/client} of the
 * class path, read once. No path leads to any other file.
 */
public final class ClientFiles {
  private record ClientFile(String type, ByteBuf content, String tag) {}

  private static final String ROOT = "/client";
  private static final String INDEX = ROOT + "/index.html";

  private final Map<String, ClientFile> files = new TreeMap<>();

  public ClientFiles() {
    URL folder = ClientFiles.class.getResource("/dev/orderwire/gateway/client/");
    if (folder == null) {
      throw new IllegalStateException("the class path has no dev/orderwire/gateway/client");
    }
    try {
      read(folder.toURI());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + folder, e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("not on the class path: " + folder, e);
    }
  }

  private void read(URI folder) throws IOException {
    if (folder.getScheme().equals("jar")) {
      try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
        read(jar.provider().getPath(folder));
      }
    } else {
      read(Path.of(folder));
    }
  }

  private void read(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        byte[] content = Files.readAllBytes(file);
        String name = folder.relativize(file).toString().replace('\\', '/');
        files.put(
            ROOT + "/" + name,
            new ClientFile(
                typeOf(name),
                Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(content)),
                tagOf(content)));
      }
    }
  }

  private static String typeOf(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "js", "mjs" -> "text/javascript; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "json", "map" -> "application/json";
      case "svg" -> "image/svg+xml";
      case "png" -> "image/png";
      case "ico" -> "image/x-icon";
      case "woff2" -> "font/woff2";
      default -> "application/octet-stream";
    };
  }

  private static String tagOf(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * The file of a path.
   *
   * @param path as in the URL
   * @param known the entity tags that the browser has
   * @throws OrderwireException {@code not_found}
   */
  Answer find(String path, @Nullable String known) {
    ClientFile file = files.get(path.equals(ROOT) || path.equals(ROOT + "/") ? INDEX : path);
    if (file == null) {
      throw new OrderwireException(
          ErrorCode.NOT_FOUND,
          "there is nothing here; there are /ws, /events, /api/tables, /client, /health and"
              + " /metrics");
    }
    Map<String, String> headers = new HashMap<>(BrowserRules.OF_PAGES);
    headers.put("content-type", file.type());
    headers.put("etag", file.tag());
    // The browser asks each time, and gets only files that have changed.
    headers.put("cache-control", "no-cache");
    if (known != null && known.contains(file.tag())) {
      return Answer.empty(HttpResponseStatus.NOT_MODIFIED, headers);
    }
    return new Answer(HttpResponseStatus.OK, file.content().duplicate(), headers);
  }
}
