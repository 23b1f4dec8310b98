package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./orderwire} does on a machine without a JDK. */
final class FetchedJdkTest {
  private static final String JDK = "temurin-25.0.4.1+1";
  private static final String FILE = "OpenJDK25U-jdk_x64_linux_hotspot_25.0.4.1_1.tar.gz";
  private static final String MIRROR = "ORDERWIRE_JDK_URL";

  @TempDir Path folder;
  private JdkServer server;
  private MachineWithoutJdk machine;

  @BeforeEach
  void start() throws IOException {
    start(JdkArchive.small(Files.createDirectory(folder.resolve("small")), ""));
  }

  private void restart(JdkArchive archive) throws IOException {
    end();
    start(archive);
  }

  private void start(JdkArchive archive) throws IOException {
    server = new JdkServer(archive);
    machine =
        new MachineWithoutJdk(
            Files.createTempDirectory(folder, "machine"), server.address(), archive.checksum());
  }

  @AfterEach
  void end() throws IOException {
    server.close();
    machine.close();
  }

  private static void assertRuns(OrderwireProcess command) {
    assertThat(command.exitCode()).as("%s", command.err()).isZero();
    assertThat(command.out()).contains("orderwire");
  }

  /** The command says what is missing and every way out, and leaves nothing behind. */
  private void assertFails(OrderwireProcess command, String... reasons) throws IOException {
    assertThat(command.exitCode()).isOne();
    assertThat(command.out()).isEmpty();
    assertThat(command.err())
        .contains("a JDK 25 or newer is missing", "JAVA_HOME")
        .contains(reasons);
    if (Files.exists(machine.cache())) {
      assertThat(machine.cached()).isEmpty();
    }
  }

  @Test
  void theFirstCommandFetchesTheJdkAndLaterOnesUseIt() throws IOException {
    restart(JdkArchive.ofThisJdk(Files.createDirectory(folder.resolve("this"))));
    String address =
        server.address()
            + "/adoptium/temurin25-binaries/releases/download/jdk-25.0.4.1%2B1/"
            + FILE;
    OrderwireProcess first = machine.start();
    assertRuns(first);
    String home = "java.home = " + machine.cache().resolve(JDK);
    assertThat(first.err())
        .startsWith("orderwire: found no JDK 25 or newer: fetching Temurin 25.0.4.1+1")
        .contains(address, home);
    assertThat(machine.cached()).containsExactly(JDK);

    OrderwireProcess second = machine.start();
    assertRuns(second);
    assertThat(second.err()).doesNotContain("fetching").contains(home);
    assertThat(server.asked()).containsExactly(pathOf(address), "/storage/1");
  }

  private String pathOf(String address) {
    return address.substring(server.address().length());
  }

  @Test
  void twoFirstCommandsAtOnceBothRun() throws IOException {
    OrderwireProcess one = machine.start(MIRROR, server.address() + "/together");
    OrderwireProcess other = machine.start(MIRROR, server.address() + "/together");
    assertRuns(one);
    assertRuns(other);
    assertThat(server.asked()).hasSize(2);
    assertThat(machine.cached()).containsExactly(JDK);
    try (Stream<Path> files = Files.list(machine.cache().resolve(JDK))) {
      assertThat(files).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/mirror, /mirror/" + FILE,
    "/mirror/, /mirror/" + FILE,
    "/mirror/java.tar.gz, /mirror/java.tar.gz",
    "/mirror/java.tar.gz?token=a, /mirror/java.tar.gz"
  })
  void aMirrorIsAFolderOrTheFile(String mirror, String asked) {
    assertRuns(machine.start(MIRROR, server.address() + mirror));
    assertThat(server.asked()).containsExactly(asked);
  }

  /** The server would refuse a variable of its own prefix that it does not know. */
  @Test
  void theMirrorIsNoSettingOfTheServer() {
    OrderwireProcess doctor = machine.startCommand("doctor", MIRROR, server.address() + "/mirror");
    assertThat(doctor.exitCode()).isPositive();
    assertThat(doctor.err()).contains("MYSQL_").doesNotContain("not a setting");
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, x86_64, glibc 2.36, '', x64_linux",
    "Linux, aarch64, glibc 2.36, '', aarch64_linux",
    "Linux, x86_64, musl libc (x86_64), '', x64_alpine-linux",
    "Linux, aarch64, musl libc (aarch64), '', aarch64_alpine-linux",
    "Darwin, x86_64, '', /Contents/Home, x64_mac",
    "Darwin, arm64, '', /Contents/Home, aarch64_mac"
  })
  void eachPlatformGetsItsBuild(String os, String cpu, String libc, String home, String build)
      throws IOException {
    restart(JdkArchive.small(Files.createDirectory(folder.resolve("platform")), home));
    machine.replaceTool("uname", "[ \"$1\" = -s ] && echo '%s' || echo '%s'".formatted(os, cpu));
    machine.replaceTool("ldd", "echo '%s' >&2; exit 1".formatted(libc));
    assertRuns(machine.start(MIRROR, server.address() + "/mirror"));
    assertThat(server.asked())
        .containsExactly("/mirror/OpenJDK25U-jdk_%s_hotspot_25.0.4.1_1.tar.gz".formatted(build));
  }

  @Test
  void aPlatformWithoutABuildIsTold() throws IOException {
    machine.replaceTool("uname", "[ \"$1\" = -s ] && echo GNU/kFreeBSD || echo riscv64");
    assertFails(machine.start(), "GNU/kFreeBSD on riscv64");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void anotherFileThanTheJdkIsNotUsed() throws IOException {
    assertFails(machine.start(MIRROR, server.address() + "/changed"), "SHA-256", MIRROR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"curl", "wget"})
  void aCutDownloadIsNotUsedAndTheNextCommandFetchesAgain(String tool) throws IOException {
    machine.removeTool("curl");
    machine.addTool(tool);
    assertFails(
        machine.start(MIRROR, server.address() + "/cut"),
        tool.equals("curl") ? "curl: (18)" : "",
        MIRROR);
    assertRuns(machine.start(MIRROR, server.address() + "/mirror"));
    assertThat(machine.cached()).containsExactly(JDK);
  }

  @Test
  void aKilledDownloadHarmsNothingAndIsClearedAwayADayLater() throws IOException {
    OrderwireProcess killed = machine.start(MIRROR, server.address() + "/stalled");
    Await.until("the download has begun", () -> !server.asked().isEmpty());
    killed.killAll();
    List<String> left = machine.cached();
    assertThat(left).hasSize(1).doesNotContain(JDK);
    Path yesterday = machine.cache().resolve(left.getFirst());
    Files.setLastModifiedTime(yesterday, FileTime.from(Instant.now().minus(Duration.ofHours(49))));
    assertRuns(machine.start(MIRROR, server.address() + "/mirror"));
    assertThat(machine.cached()).containsExactly(JDK);
  }

  @Test
  void anAddressThatDoesNotAnswerIsTold() throws IOException {
    String closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = "http://127.0.0.1:" + socket.getLocalPort();
    }
    assertFails(machine.start(MIRROR, closed), closed, MIRROR, "https_proxy");
    assertFails(machine.start(MIRROR, server.address() + "/nothing"), "404", MIRROR);
  }

  @Test
  void missingToolsAreTold() throws IOException {
    machine.removeTool("curl");
    assertFails(machine.start(), "curl and wget");
    machine.addTool("wget");
    machine.removeTool("sha256sum");
    assertFails(machine.start(), "sha256sum and shasum");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void aJdkThatDoesNotRunHereIsNotKept() throws IOException {
    restart(
        JdkArchive.small(
            Files.createDirectory(folder.resolve("foreign")), "", "echo no loader >&2; exit 127"));
    assertFails(machine.start(), "does not run here: no loader");
  }

  @Test
  void aCacheThatTakesNoFileIsTold() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertFails(
        machine.start("XDG_CACHE_HOME", file.toString()), file.toString(), "XDG_CACHE_HOME");
    Path other = Files.createDirectory(folder.resolve("other cache"));
    assertRuns(machine.start("XDG_CACHE_HOME", other.toString()));
    assertThat(other.resolve("orderwire").resolve(JDK)).isDirectory();
  }
}
