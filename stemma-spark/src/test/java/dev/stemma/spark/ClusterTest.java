package dev.stemma.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master and two workers in processes of their own. One of them is killed at its work. */
class ClusterTest {
  private static final int MODELS = 30;

  @TempDir Path folder;

  @Test
  void theSameBitsFromTwoWorkersThoughOneIsKilled() throws Exception {
    List<String> references = new ArrayList<>();
    for (int model = 0; model < MODELS; model++) {
      references.add(TestModels.write(folder.resolve("m" + model), 3, model).toString());
    }
    Path cut = Path.of(references.get(7), "model.safetensors");
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 999));
    TreeMap<String, String> expected = new TreeMap<>();
    for (String reference : references) {
      if (!cut.startsWith(reference)) {
        expected.put(reference, Truth.fingerprint(reference));
      }
    }
    Path derived =
        TestModels.derive(
            Path.of(references.getFirst()), "noise:0.2,permute", folder.resolve("derived"));
    String report = Truth.compare(references.getFirst(), derived.toString());

    try (StandaloneCluster cluster = new StandaloneCluster(folder.resolve("spark"), 2)) {
      Watch watch = new Watch(cluster.workers().getLast());
      try (JavaSparkContext spark = new JavaSparkContext(settings(cluster))) {
        spark.sc().addSparkListener(watch);
        awaitExecutors(spark, 2);
        watch.armed.set(true);
        SparkEngine engine = new SparkEngine(spark, false);
        Truth.Told told = new Truth.Told();
        new FingerprintSweep(engine, false, told).run(references, 10);

        assertThat(told.made).isEqualTo(expected);
        assertThat(told.failed).containsOnlyKeys(references.get(7));
        assertThat(told.failed.get(references.get(7))).contains("model.safetensors");
        assertThat(watch.executors).as("executors that finished tasks").hasSizeGreaterThan(1);
        assertThat(watch.victim.isAlive()).isFalse();
        for (int tries = 0; tries < 200 && watch.removed.get() == 0; tries++) {
          Thread.sleep(50);
        }
        assertThat(watch.removed).as("executors lost").hasPositiveValue();

        cluster.addWorker();
        assertThat(
                Truth.text(
                    new CompareSweep(engine, false)
                        .report(
                            new CompareSweep.PairOf(references.getFirst(), derived.toString()))))
            .isEqualTo(report);
      }
    }
  }

  private static SparkConf settings(StandaloneCluster cluster) {
    return new SparkConf()
        .setMaster(cluster.master())
        .setAppName("test")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.executor.memory", "512m")
        .set("spark.task.maxFailures", "8")
        .set("spark.executor.extraClassPath", StandaloneCluster.classFolders());
  }

  private static void awaitExecutors(JavaSparkContext spark, int count)
      throws InterruptedException {
    for (int tries = 0; tries < 600; tries++) {
      // The driver counts as one.
      if (spark.statusTracker().getExecutorInfos().length > count) {
        return;
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException("no " + count + " executors within 30 s");
  }

  /** Kills a worker as soon as its executor has finished a task. */
  private static final class Watch extends SparkListener {
    private final AtomicBoolean armed = new AtomicBoolean();
    private final Set<String> executors = ConcurrentHashMap.newKeySet();
    private final AtomicInteger removed = new AtomicInteger();
    private final Process victim;

    private Watch(Process victim) {
      this.victim = victim;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      executors.add(end.taskInfo().executorId());
      if (executors.size() > 1 && armed.compareAndSet(true, false)) {
        StandaloneCluster.kill(victim);
      }
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved gone) {
      removed.incrementAndGet();
    }
  }
}
