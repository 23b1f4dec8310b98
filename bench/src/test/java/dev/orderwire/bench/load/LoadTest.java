package dev.orderwire.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.bench.rig.Certificate;
import dev.orderwire.tls.Identity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoadTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void aStreamWithEachNumberOnceIsComplete() throws Exception {
    try (FakeServer server = new FakeServer();
        Load load = new Load(folder)) {
      load.connect("all", 2, 100, server.uri());
      for (int i = 0; i < 2; i++) {
        OutputStream out = server.client().getOutputStream();
        out.write(FakeServer.changes(List.of(FakeServer.insert(0), FakeServer.insert(1))));
        out.write(FakeServer.changes(List.of(FakeServer.update(2, 1))));
      }
      LoadReport report = load.await("all", 0, 3, SOON);
      assertThat(report.missing()).isZero();
      assertThat(report.duplicates()).isZero();
      assertThat(report.changes()).isEqualTo(6);
      assertThat(report.messages()).isEqualTo(2 + 4);
      assertThat(report.delays().getTotalCount()).isEqualTo(6);
    }
  }

  /** Nothing is written while a load is cleared, so the time before the next change is none. */
  @Test
  void silenceIsTheTimeBetweenTwoChangesAtAClient() throws Exception {
    try (FakeServer server = new FakeServer();
        Load load = new Load(folder)) {
      load.connect("all", 1, 100, server.uri());
      OutputStream out = server.client().getOutputStream();
      out.write(FakeServer.changes(List.of(FakeServer.insert(0))));
      assertThat(load.await("all", 0, 1, SOON).silenceMillis()).isZero();
      out.write(FakeServer.changes(List.of(FakeServer.insert(1))));
      assertThat(load.await("all", 0, 2, SOON).silenceMillis()).isPositive();
      load.clear("all");
      out.write(FakeServer.changes(List.of(FakeServer.insert(2))));
      assertThat(load.await("all", 0, 3, SOON).silenceMillis()).isZero();
    }
  }

  /** In one record, in several, and in parts of one. */
  @Test
  void aStreamOverTlsIsReadAsOneWithout() throws Exception {
    List<String> many = IntStream.range(1, 300).mapToObj(FakeServer::insert).toList();
    try (FakeServer server = FakeServer.withTls(tls(folder));
        Load load = new Load(folder)) {
      load.connect("all", 2, 100, server.uri());
      for (int i = 0; i < 2; i++) {
        OutputStream out = server.client().getOutputStream();
        out.write(FakeServer.changes(List.of(FakeServer.insert(0))));
        out.write(FakeServer.changes(many));
        for (byte each : FakeServer.changes(List.of(FakeServer.insert(300)))) {
          out.write(each);
        }
      }
      load.await("all", 0, 301, SOON).requireComplete();
    }
  }

  private static SSLContext tls(Path folder) throws IOException, GeneralSecurityException {
    Certificate made = Certificate.make(folder);
    Identity identity = Identity.read(made.file(), made.key());
    char[] password = new char[0];
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server", identity.key(), password, identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void aMissingNumberAndADuplicateAreBothFound() throws Exception {
    try (FakeServer server = new FakeServer();
        Load load = new Load(folder)) {
      load.connect("all", 2, 100, server.uri());
      server
          .client()
          .getOutputStream()
          .write(
              FakeServer.changes(
                  List.of(FakeServer.insert(0), FakeServer.insert(1), FakeServer.insert(2))));
      server
          .client()
          .getOutputStream()
          .write(
              FakeServer.changes(
                  List.of(FakeServer.insert(0), FakeServer.insert(2), FakeServer.insert(2))));
      LoadReport report = load.report("all", 0, 3);
      while (report.changes() < 6) {
        report = load.report("all", 0, 3);
      }
      assertThat(report.missing()).isEqualTo(1);
      assertThat(report.duplicates()).isEqualTo(1);
      assertThatThrownBy(report::requireComplete).hasMessageContaining("missing 1, duplicates 1");
    }
  }

  @Test
  void aDisconnectedClientIsCountedAndResumesFromItsPosition() throws Exception {
    try (FakeServer server = new FakeServer();
        Load load = new Load(folder)) {
      load.connect("all", 1, 100, server.uri());
      try (Socket client = server.client()) {
        client.getOutputStream().write(FakeServer.changes(List.of(FakeServer.insert(0))));
      }
      byte[] rest = FakeServer.changes(List.of(FakeServer.insert(1)));
      server.client().getOutputStream().write(rest);
      LoadReport report = load.await("all", 0, 2, SOON);
      assertThat(report.missing()).isZero();
      assertThat(report.disconnects()).isEqualTo(1);
      assertThatThrownBy(report::requireComplete).hasMessageContaining("disconnects 1");
      assertThat(server.request()).startsWith("GET /ws HTTP");
      assertThat(server.request()).startsWith("GET /ws?since=p HTTP");
    }
  }

  @Test
  void anIncompleteMessageDoesNotCount() throws Exception {
    byte[] first = FakeServer.changes(List.of(FakeServer.insert(0)));
    byte[] second = FakeServer.changes(List.of(FakeServer.insert(1), FakeServer.insert(2)));
    try (FakeServer server = new FakeServer();
        Load load = new Load(folder)) {
      load.connect("all", 1, 100, server.uri());
      try (Socket client = server.client()) {
        client.getOutputStream().write(first);
        client.getOutputStream().write(second, 0, second.length - 20);
      }
      server.client().getOutputStream().write(second);
      LoadReport report = load.await("all", 0, 3, SOON);
      assertThat(report.missing()).isZero();
      assertThat(report.duplicates()).isZero();
      assertThat(report.changes()).isEqualTo(3);
    }
  }

  /**
   * Otherwise, the changes after the ping would count again when the next connection brings them.
   */
  @Test
  void changesAfterAPingThatCannotBeAnsweredCountOnce() throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(FakeServer.changes(List.of(FakeServer.insert(0)), "p"));
    all.writeBytes(FakeServer.PING);
    all.writeBytes(FakeServer.changes(List.of(FakeServer.insert(1)), "q"));
    try (FakeServer server = new FakeServer();
        Load load = new Load(folder)) {
      load.connect("all", 1, 100, server.uri());
      load.pause("all");
      try (Socket client = server.client()) {
        client.getOutputStream().write(all.toByteArray());
        // Closing resets the connection: the client can read what has arrived, but not answer.
        client.setSoLinger(true, 0);
      }
      load.resume("all");
      assertThat(server.request()).startsWith("GET /ws HTTP");
      assertThat(server.request()).startsWith("GET /ws?since=q HTTP");
      load.await("all", 0, 2, SOON).requireComplete(1);
    }
  }

  @Test
  void pausedClientsReadNothingUntilTheyResume() throws Exception {
    try (FakeServer server = new FakeServer();
        Load load = new Load(folder)) {
      load.connect("slow", 1, 100, server.uri());
      load.connect("quick", 1, 100, server.uri());
      load.pause("slow");
      byte[] change = FakeServer.changes(List.of(FakeServer.insert(0)));
      server.client().getOutputStream().write(change);
      server.client().getOutputStream().write(change);
      load.await("quick", 0, 1, SOON).requireComplete();
      assertThat(load.report("slow", 0, 1).missing()).isEqualTo(1);
      load.resume("slow");
      load.await("slow", 0, 1, SOON).requireComplete();
    }
  }

  @Test
  void anIncompleteSnapshotIsFoundAfterEachReconnect() throws Exception {
    String first = "{\"type\":\"snapshot\",\"rows\":[" + FakeServer.insert(0) + "],\"done\":false}";
    String last =
        "{\"type\":\"snapshot\",\"rows\":["
            + FakeServer.insert(2)
            + "],\"done\":true,\"position\":\"p\"}";
    try (FakeServer server = new FakeServer(first, last);
        Load load = new Load(folder)) {
      load.connect("herd", 3, 100, URI.create(server.uri() + "?snapshot=true"));
      LoadReport report = load.report("herd", 0, 3);
      assertThat(report.served()).isEqualTo(3);
      assertThat(report.rows()).isEqualTo(6);
      assertThat(report.missing()).isEqualTo(3);
      assertThat(report.delays().getTotalCount()).isZero();
      load.reconnect("herd", 100);
      assertThat(load.report("herd", 0, 3).duplicates()).isZero();
      assertThat(load.report("herd", 0, 3).missing()).isEqualTo(3);
    }
  }

  @Test
  void aChangeForOneClientIsMissingOnlyIfNoClientReceivedIt() throws Exception {
    try (FakeServer server = new FakeServer();
        Load load = new Load(folder)) {
      load.connectViews("views", 2, 100, server.uri(), 1, 1);
      server
          .client()
          .getOutputStream()
          .write(FakeServer.changes(List.of(FakeServer.update(0, 5), FakeServer.update(1, 5))));
      server.client().getOutputStream().write(FakeServer.changes(List.of(FakeServer.update(1, 5))));
      LoadReport report = load.report("views", 0, 3);
      while (report.changes() < 3) {
        report = load.report("views", 0, 3);
      }
      assertThat(report.missing()).isEqualTo(1);
      assertThat(report.duplicates()).isEqualTo(1);
    }
  }

  @Test
  void eachClientHasATokenAndAnAddressOfItsOwn() throws Exception {
    Path tokens = Files.writeString(folder.resolve("all tokens"), "first\nsecond\nthird\n");
    Set<String> credentials = new HashSet<>();
    Set<InetAddress> addresses = new HashSet<>();
    try (FakeServer server = new FakeServer();
        Load load = new Load(folder, 2)) {
      load.connectWithTokens("all", 3, 100, server.uri(), tokens, false);
      for (int i = 0; i < 3; i++) {
        credentials.add(server.credential());
        addresses.add(server.client().getInetAddress());
      }
      assertThat(load.report("all", 0, 1).missing()).as("each change concerns all").isEqualTo(3);
      load.connectWithTokens("all", 1, 100, server.uri(), tokens, true);
      assertThat(load.report("all", 0, 1).missing()).isEqualTo(1);
    }
    assertThat(credentials)
        .containsExactlyInAnyOrder(
            "Authorization: Bearer first",
            "Authorization: Bearer second",
            "Authorization: Bearer third");
    assertThat(addresses).hasSize(3);
  }

  @Test
  void severalProcessesGiveOneReport() throws Exception {
    try (FakeServer server = new FakeServer();
        Load load = new Load(folder, 2)) {
      load.connect("all", 5, 100, server.uri());
      for (int i = 0; i < 4; i++) {
        server
            .client()
            .getOutputStream()
            .write(FakeServer.changes(List.of(FakeServer.insert(0), FakeServer.insert(1))));
      }
      server.client().getOutputStream().write(FakeServer.changes(List.of(FakeServer.insert(1))));
      LoadReport report = load.report("all", 0, 2);
      while (report.changes() < 9) {
        report = load.report("all", 0, 2);
      }
      assertThat(report.clients()).isEqualTo(5);
      assertThat(report.missing()).isEqualTo(1);
      assertThat(report.delays().getTotalCount()).isEqualTo(9);
    }
  }

  @Test
  void loadGoesToLoopbackOnly() {
    try (Load load = new Load(folder)) {
      assertThatThrownBy(() -> load.connect("all", 1, 1, URI.create("ws://192.0.2.1:80/ws")))
          .hasMessageContaining("loopback");
    }
  }
}
