package dev.orderwire.bench;

import dev.orderwire.bench.report.Figures;
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

/** Samples the length of the server's position and the number of its gaps every 100 ms. */
final class PositionSampler implements Runnable {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final HttpClient http;
  private final URI health;
  private int samples;
  private int longest;
  private long mostGaps;

  PositionSampler(HttpClient http, URI health) {
    this.http = http;
    this.health = health;
  }

  @Override
  public void run() {
    try {
      while (true) {
        sample();
        Thread.sleep(INTERVAL);
      }
    } catch (InterruptedException e) {
      // The end of the sampling.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void sample() throws IOException, InterruptedException {
    String body = http.send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString()).body();
    JsonNode read = JsonMapper.shared().readTree(body);
    samples++;
    longest = Math.max(longest, read.path("feed").path("position").asString().length());
    mostGaps = Math.max(mostGaps, read.path("tail").path("gaps").asLong());
  }

  /** Prints the maxima. Call it after the sampling thread has ended. */
  void print(PrintStream out) {
    out.printf(
        "positions: at most %d characters and %d gaps, in %d samples%n",
        longest, mostGaps, samples);
  }

  /** Adds the maxima. Call it after the sampling thread has ended. */
  void addTo(Figures figures) {
    figures
        .add("positionCharacters", "longest position", longest, "characters")
        .add("gaps", "most gaps", (double) mostGaps, "");
  }
}
