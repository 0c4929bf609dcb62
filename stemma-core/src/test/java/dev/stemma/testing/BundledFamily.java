package dev.stemma.testing;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.Component;
import dev.stemma.lab.Lab;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.verdict.ComponentVerdict;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The bundled, really trained models, what the lab makes of them, and how they compare. */
public final class BundledFamily implements AutoCloseable {
  private final Path folder;
  private final Investigation investigation =
      new Investigation(Sources.standard(), 2, Progress.NONE);

  /**
   * @param folder where children are written
   */
  public BundledFamily(Path folder) {
    this.folder = folder;
  }

  public Investigation investigation() {
    return investigation;
  }

  /** The folder of a bundled model: alpha, twin (another seed) or sameinit. */
  public static String model(String name) {
    try {
      return Path.of(
              Objects.requireNonNull(BundledFamily.class.getResource("/lineage/" + name)).toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static boolean has(String name) {
    return BundledFamily.class.getResource("/lineage/" + name) != null;
  }

  /** What the lab makes of a base; one child a seed. */
  public String derived(String base, String how, long seed) throws IOException {
    Path child = folder.resolve("child" + seed);
    new Lab(investigation::open, investigation.tensors(), Progress.NONE)
        .derive(base, how, seed, child, Lab.tokenizerFiles(Path.of(base)));
    return child.toString();
  }

  public Report compare(String a, String b, String... candidates) {
    return investigation.compare(
        new Investigation.Request(a, b, List.of(), List.of(candidates), Scope.PLANNED, "test"));
  }

  public ComponentVerdict decoder(String a, String b, String... candidates) {
    return decoder(compare(a, b, candidates));
  }

  public static ComponentVerdict decoder(Report report) {
    return Objects.requireNonNull(report.verdict()).components().stream()
        .filter(component -> component.component() == Component.DECODER)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    investigation.close();
  }
}
