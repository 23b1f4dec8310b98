package dev.orderwire.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks every tenth of a second how long the server's position is, and how many gaps it has. */
final class Positions implements Runnable {
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final HttpClient http;
  private final URI health;
  private int looks;
  private int longest;
  private long mostGaps;

  Positions(HttpClient http, URI health) {
    this.http = http;
    this.health = health;
  }

  @Override
  public void run() {
    try {
      while (true) {
        look();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      // Enough was seen.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void look() throws IOException, InterruptedException {
    String body = http.send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString()).body();
    JsonNode read = JsonMapper.shared().readTree(body);
    looks++;
    longest = Math.max(longest, read.path("feed").path("position").asString().length());
    mostGaps = Math.max(mostGaps, read.path("tail").path("gaps").asLong());
  }

  /** After the thread that looks has ended. */
  void print(PrintStream out) {
    out.printf(
        "positions: at most %d characters and %d gaps, in %d looks%n", longest, mostGaps, looks);
  }

  /** The same. */
  void addTo(Figures figures) {
    figures
        .add("positionCharacters", "longest position", longest, "characters")
        .add("gaps", "most gaps", (double) mostGaps, "");
  }
}
