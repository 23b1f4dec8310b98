package dev.orderwire.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;

/** In a JVM of its own, with what the launcher sets for the heap. */
final class SpareHeapTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void whatARushTookIsGivenBack() throws Exception {
    assertIsGivenBack(said(Rush.class, "-XX:+ExplicitGCInvokesConcurrent"));
  }

  @Test
  void whatLivesAmongWhatARushTookIsMovedTogether() throws Exception {
    assertIsGivenBack(said(MixedRush.class, "-XX:+ExplicitGCInvokesConcurrent"));
  }

  private static void assertIsGivenBack(List<Long> mebibytes) {
    assertThat(mebibytes.getFirst()).as("in the rush").isGreaterThan(200);
    assertThat(mebibytes.getLast()).as("afterwards").isLessThan(100);
  }

  @Test
  void aHeapThatDidNotGrowIsLeftAlone() throws Exception {
    assertThat(said(Calm.class, "-XX:+ExplicitGCInvokesConcurrent")).containsExactly(0L);
  }

  @Test
  void whereACollectionWouldStopEverythingThereIsNone() throws Exception {
    assertThat(said(CalmAfterARush.class, "-XX:-ExplicitGCInvokesConcurrent")).containsExactly(0L);
  }

  private static List<Long> said(Class<?> main, String option)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseG1GC",
                "-Xms32m",
                "-Xmx1g",
                "-XX:-G1UseAdaptiveIHOP",
                "-XX:InitiatingHeapOccupancyPercent=80",
                "-XX:MinHeapFreeRatio=25",
                "-XX:MaxHeapFreeRatio=30",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> said = child.inputReader(StandardCharsets.UTF_8).lines().toList();
    assertThat(child.waitFor()).isZero();
    return said.stream().map(Long::valueOf).toList();
  }

  private static long heap() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted() / MEBIBYTE;
  }

  /** Counts, from now on, the collections that were asked for. */
  private static AtomicInteger asked() {
    AtomicInteger asked = new AtomicInteger();
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector)
          .addNotificationListener(
              (notification, _) -> {
                var collection =
                    GarbageCollectionNotificationInfo.from(
                        (CompositeData) notification.getUserData());
                if (collection.getGcCause().equals("System.gc()")) {
                  asked.incrementAndGet();
                }
              },
              null,
              null);
    }
    return asked;
  }

  private static void fill() {
    List<byte[]> rush = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      rush.add(new byte[MEBIBYTE / 10]);
    }
    // Looked at, so that it is there until here.
    if (Arrays.stream(rush.toArray()).distinct().count() != rush.size()) {
      throw new IllegalStateException();
    }
  }

  /** Says how large the heap is in a rush and in the end. */
  static final class Rush {
    private Rush() {}

    public static void main(String[] arguments) throws InterruptedException {
      new SpareHeap(LOOK_EVERY).start();
      // So that it knows the heap as it was before.
      Thread.sleep(LOOK_EVERY.multipliedBy(3));
      fill();
      saySizes();
    }

    private static void saySizes() throws InterruptedException {
      long most = heap();
      long begun = System.nanoTime();
      while (heap() >= 100 && System.nanoTime() - begun < PATIENCE.toNanos()) {
        Thread.sleep(LOOK_EVERY);
      }
      System.out.println(most);
      System.out.println(heap());
    }
  }

  /** Like {@link Rush}, with one object in twenty that stays, among those that do not. */
  static final class MixedRush {
    private MixedRush() {}

    public static void main(String[] arguments) throws InterruptedException {
      new SpareHeap(LOOK_EVERY).start();
      Thread.sleep(LOOK_EVERY.multipliedBy(3));
      List<byte[]> rush = new ArrayList<>();
      for (int i = 0; i < 200_000; i++) {
        rush.add(new byte[MEBIBYTE / 1_000]);
      }
      List<byte[]> staying = new ArrayList<>();
      for (int i = 0; i < rush.size(); i += 20) {
        staying.add(rush.get(i));
      }
      rush = null;
      try {
        Rush.saySizes();
      } finally {
        Reference.reachabilityFence(staying);
      }
    }
  }

  /** Says how often it asks for a collection while nothing happens. */
  static final class Calm {
    private Calm() {}

    public static void main(String[] arguments) throws InterruptedException {
      AtomicInteger asked = asked();
      new SpareHeap(LOOK_EVERY).start();
      Thread.sleep(LOOK_EVERY.multipliedBy(10));
      System.out.println(asked);
    }
  }

  /** Says how often it asks for one once a rush is over. */
  static final class CalmAfterARush {
    private CalmAfterARush() {}

    public static void main(String[] arguments) throws InterruptedException {
      AtomicInteger asked = asked();
      new SpareHeap(LOOK_EVERY).start();
      // So that it knows the heap as it was before.
      Thread.sleep(LOOK_EVERY.multipliedBy(3));
      fill();
      Thread.sleep(LOOK_EVERY.multipliedBy(10));
      System.out.println(asked);
    }
  }
}
