package dev.orderwire.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MysqlBinariesTest {
  @Test
  void unpackingKeepsPermissionsAndLinksAndReplacesAnIncompleteFolder(@TempDir Path cache)
      throws IOException {
    Files.createDirectories(cache.resolve("mysql-8.0.15.partial/bin"));
    Files.writeString(cache.resolve("mysql-8.0.15.partial/bin/mysqld"), "half of it");

    Path binaries = MysqlBinaries.unpackedInto(cache);

    assertThat(binaries.resolve("bin/mysqld")).isExecutable().hasSize(51_919_584);
    assertThat(binaries.resolve("bin/libssl.so.1.0.0")).isSymbolicLink().hasSize(512_579);
    assertThat(binaries.resolve("share/english/errmsg.sys")).exists();
    assertThat(cache.resolve("mysql-8.0.15.partial")).doesNotExist();
  }

  @Test
  void unpackedBinariesAreNotUnpackedAgain(@TempDir Path cache) throws IOException {
    Path existing = Files.createDirectories(cache.resolve("mysql-8.0.15"));

    assertThat(MysqlBinaries.unpackedInto(cache)).isEqualTo(existing).isEmptyDirectory();
  }

  @Test
  void theCacheFolderFollowsTheXdgSpecification() {
    assertThat(MysqlBinaries.cacheFolder("/c", "/home/u")).hasToString("/c/orderwire");
    assertThat(MysqlBinaries.cacheFolder(null, "/home/u")).hasToString("/home/u/.cache/orderwire");
    assertThat(MysqlBinaries.cacheFolder("relative", "/home/u"))
        .hasToString("/home/u/.cache/orderwire");
  }

  @Test
  void aMissingSystemLibraryIsReportedWithTheCommandThatInstallsIt(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path bin = Files.createDirectories(folder.resolve("binaries/bin"));
    Path mysqld = bin.resolve("mysqld");
    Files.writeString(
        mysqld,
        """
        #!/bin/sh
        echo "$0: error while loading shared libraries: libaio.so.1: cannot open shared object file: No such file or directory" >&2
        exit 127
        """);
    Files.setPosixFilePermissions(mysqld, PosixFilePermissions.fromString("rwx------"));
    try (DataFolder data = DataFolder.open(folder.resolve("data"))) {
      Mysqld run = Mysqld.launch(folder.resolve("binaries"), data, List.of());
      assertThat(run.endsWithin(Duration.ofMinutes(1))).isTrue();
      assertThat(StartFailure.ended(run))
          .hasMessageContaining("libaio.so.1")
          .hasMessageContaining("apt-get install libaio1 libnuma1");
    }
  }
}
