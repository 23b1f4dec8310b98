package dev.orderwire.bench.hostile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The process of the hostile clients. It reads one command a line and answers each with one line:
 *
 * <pre>
 * attack HOST PORT HOSTS PER_SECOND ATTACKS TOKENS   begins to attack
 * stop                                               ends it, and answers with a {@link Tally}
 * </pre>
 *
 * It ends when its input ends, as it does when the parent dies.
 */
public final class HostileGenerator {
  private static final int ATTACK_WORDS = 7;

  private HostileGenerator() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Hosts hosts = null;
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      hosts = answer(line.split(" ", ATTACK_WORDS), hosts);
    }
    System.exit(0);
  }

  private static @Nullable Hosts answer(String[] words, @Nullable Hosts running)
      throws IOException, InterruptedException {
    if (words[0].equals("attack") && running == null) {
      int count = Integer.parseInt(words[3]);
      List<String> tokens = Files.readAllLines(Path.of(words[6])).subList(0, count);
      Hosts hosts =
          new Hosts(
              new InetSocketAddress(words[1], Integer.parseInt(words[2])),
              tokens,
              Integer.parseInt(words[4]),
              Arrays.stream(words[5].split(",")).map(Attack::valueOf).toList());
      hosts.start();
      System.out.println("attacking");
      return hosts;
    }
    if (words[0].equals("stop") && running != null) {
      System.out.println(running.stop().line());
      return null;
    }
    System.out.println("failed: not expected now: " + words[0]);
    return running;
  }
}
