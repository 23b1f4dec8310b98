package dev.orderwire.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Looks for inputs that a parser neither reads nor refuses, with Jazzer, in a process of its own.
 * No part of the ordinary build, whose class path has no Jazzer: CONTRIBUTING.md tells how to run
 * it. A finding is printed as a line for the corpus.
 */
final class FuzzRun {
  private static final Path FOLDER = Path.of("target", "fuzz");
  private static final String SECONDS = System.getProperty("fuzz.seconds", "60");

  /** The first input takes as long as the instrumentation of all classes. */
  private static final int TIMEOUT_SECONDS = 20;

  private static final String INSTRUMENTED = "dev.orderwire.**:tools.jackson.core.**";

  @ParameterizedTest
  @EnumSource(Target.class)
  void everyInputIsReadOrRefused(Target target) throws Exception {
    Path folder = FOLDER.resolve(target.name().toLowerCase(Locale.ROOT)).toAbsolutePath();
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    Path findings = folder.resolve("findings");
    clear(Files.createDirectories(findings));
    int number = 0;
    for (String input : target.corpus()) {
      Files.write(corpus.resolve("seed-" + number++), Escaped.bytes(input));
    }
    int exitCode =
        new ProcessBuilder(command(target, corpus, findings))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start()
            .waitFor();
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(findings)) {
      for (Path file : files.sorted().toList()) {
        found.add(Escaped.of(Files.readAllBytes(file)));
      }
    }
    assertThat(found).as("inputs for the corpus of %s; see %s/log", target, folder).isEmpty();
    assertThat(exitCode).as("Jazzer; see %s/log", folder).isZero();
  }

  private static void clear(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static List<String> command(Target target, Path corpus, Path findings) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx1g",
        "-XX:+EnableDynamicAgentLoading",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + target.type().getName(),
        "--instrumentation_includes=" + INSTRUMENTED,
        "--custom_hook_includes=" + INSTRUMENTED,
        "--keep_going=20",
        "-max_total_time=" + SECONDS,
        "-timeout=" + TIMEOUT_SECONDS,
        "-rss_limit_mb=3000",
        "-max_len=8192",
        "-artifact_prefix=" + findings + "/",
        corpus.toString());
  }
}
