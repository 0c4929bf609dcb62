package dev.stemma;

import dev.stemma.analysis.Analyses;
import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.Scope;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.analysis.weights.CostPlan;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Families;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import dev.stemma.engine.Engine;
import dev.stemma.engine.LocalEngine;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Failed;
import dev.stemma.format.Adapters;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.report.Report;
import dev.stemma.report.ToolVersion;
import dev.stemma.source.ByteSource;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.verdict.ControlEvidence;
import dev.stemma.verdict.Judge;
import dev.stemma.verdict.Thresholds;
import dev.stemma.verdict.Verdict;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The one thing that every face calls: opens models and compares them. Holds the mapped files and
 * the worker threads until it is closed.
 */
public final class Investigation implements AutoCloseable {
  private final Sources sources;
  private final ByteSource bytes;
  private final Engine engine;
  private final Progress progress;

  /**
   * Opens nothing yet.
   *
   * @param threads worker threads, at least 1
   */
  public Investigation(Sources sources, int threads, Progress progress) {
    this(sources, sources.open(), threads, progress);
  }

  /**
   * The same, over bytes that the caller has looked through: what is read can be counted.
   *
   * @param bytes closed with this
   * @param threads worker threads, at least 1
   */
  public Investigation(Sources sources, ByteSource bytes, int threads, Progress progress) {
    this(sources, bytes, new LocalEngine(threads, new TensorReader(bytes)), progress);
  }

  /**
   * The same with another engine, which may run on other machines: what it reads is not seen here.
   *
   * @param bytes for headers; closed with this, as the engine is
   */
  public Investigation(Sources sources, ByteSource bytes, Engine engine, Progress progress) {
    this.sources = sources;
    this.bytes = bytes;
    this.engine = engine;
    this.progress = progress;
  }

  /**
   * What to compare.
   *
   * @param a reference of the first model
   * @param b reference of the second
   * @param controls models believed independent of both
   * @param candidates further possible parents
   * @param command the command that reproduces the comparison
   * @param planned is told what will be read before anything is
   */
  public record Request(
      String a,
      String b,
      List<String> controls,
      List<String> candidates,
      Scope scope,
      String command,
      Consumer<CostPlan> planned) {
    /** Tells nobody of the plan. */
    public Request(
        String a,
        String b,
        List<String> controls,
        List<String> candidates,
        Scope scope,
        String command) {
      this(a, b, controls, candidates, scope, command, plan -> {});
    }
  }

  /** Reads a model's headers and gives its tensors their roles. */
  public CanonicalModel open(String reference) {
    return Families.canonicalise(read(reference));
  }

  /**
   * Headers of what a reference names; {@code BASE++ADAPTER} is an adapter merged onto its base.
   */
  private Model read(String reference) {
    int at = reference.indexOf(Adapters.ONTO);
    if (at > 0) {
      return Adapters.merge(
          read(reference.substring(0, at)), read(reference.substring(at + Adapters.ONTO.length())));
    }
    return new ModelReader().read(sources.resolve(reference, progress), bytes);
  }

  /** Both models; an adapter is merged onto the other one, as views. */
  private List<CanonicalModel> openBoth(String a, String b) {
    Model first = read(a);
    Model second = read(b);
    boolean firstAdapts = Adapters.isAdapter(first);
    boolean secondAdapts = Adapters.isAdapter(second);
    if (firstAdapts && secondAdapts) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          b,
          "",
          "a base for two adapters",
          "adapters alone",
          "Give both on their base: BASE" + Adapters.ONTO + a + " BASE" + Adapters.ONTO + b + ".");
    }
    return List.of(
        Families.canonicalise(firstAdapts ? Adapters.merge(second, first) : first),
        Families.canonicalise(secondAdapts ? Adapters.merge(first, second) : second));
  }

  /** Where tensors' values come from, for work outside the engine. */
  public TensorReader tensors() {
    return new TensorReader(bytes);
  }

  /** What the model's generation_config.json says, if it has one. */
  public java.util.Optional<tools.jackson.databind.JsonNode> generationConfig(String reference) {
    return dev.stemma.analysis.architecture.Sampling.file(
        sources.resolve(reference, progress), bytes);
  }

  /** The engine of this investigation. */
  public Engine engine() {
    return engine;
  }

  /**
   * Runs every analysis that can run, on the pair and on both its pairs with each control, and
   * judges.
   *
   * @throws ArtifactException if a model cannot be read
   */
  public Report compare(Request request) {
    return compare(request, 1);
  }

  /** The same after a search: p-values are corrected for the number of models searched. */
  public Report compare(Request request, int searched) {
    List<CanonicalModel> both = openBoth(request.a(), request.b());
    CanonicalModel a = both.getFirst();
    CanonicalModel b = both.getLast();
    checkLayers(request.scope(), a, b);
    List<CanonicalModel> controls = request.controls().stream().map(this::open).toList();
    List<CanonicalModel> candidates = request.candidates().stream().map(this::open).toList();

    Pair pair = new Pair(a, b, candidates, request.scope()).withControls(controls);
    CostPlan plan = CostPlan.of(pair, Analyses.all());
    request.planned().accept(plan);
    List<Evidence> evidence = SearchCorrection.of(analyse(pair, Analyses.all()), searched);
    List<ControlEvidence> controlEvidence = new ArrayList<>();
    for (CanonicalModel control : controls) {
      String name = control.model().name();
      controlEvidence.add(
          new ControlEvidence(
              name,
              ControlEvidence.Side.A,
              analyse(new Pair(a, control, request.scope()), Analyses.ofControls())));
      controlEvidence.add(
          new ControlEvidence(
              name,
              ControlEvidence.Side.B,
              analyse(new Pair(b, control, request.scope()), Analyses.ofControls())));
    }
    List<Evidence> withControls = Controls.attach(evidence, controlEvidence);
    return new Report(
            ToolVersion.VERSION,
            request.command(),
            subject(a),
            subject(b),
            controls.stream().map(Investigation::subject).toList(),
            candidates.stream().map(Investigation::subject).toList(),
            Judge.judge(withControls, controlEvidence),
            withControls,
            OTHER_COMMANDS,
            Thresholds.standard().values())
        .planned(plan)
        .at(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  /** What a tree needs to know of a pair: the verdict, and the evidence matrix by matrix. */
  public record Related(Verdict verdict, List<Evidence> evidence) {}

  /**
   * Compares two of the models of a tree.
   *
   * @param candidates further possible parents
   */
  public Related relate(CanonicalModel a, CanonicalModel b, List<CanonicalModel> candidates) {
    List<Evidence> evidence =
        analyse(new Pair(a, b, candidates, Scope.PLANNED), Analyses.ofTrees());
    return new Related(Judge.judge(evidence, List.of()), evidence);
  }

  /** A layer that neither model has would be compared with nothing, and nothing found. */
  private static void checkLayers(Scope scope, CanonicalModel a, CanonicalModel b) {
    int deepest =
        Stream.of(a, b)
            .flatMap(model -> model.tensors().keySet().stream())
            .mapToInt(Role::layer)
            .max()
            .orElse(-1);
    for (int layer : scope.layers()) {
      if (layer < 0 || layer > deepest) {
        throw new ArtifactException(
            ErrorCode.BAD_ARGUMENT,
            "--layers",
            "",
            deepest < 0 ? "no layers: the models have none" : "layers from 0 to " + deepest,
            String.valueOf(layer),
            "Choose layers that one of the models has.");
      }
    }
  }

  private List<Evidence> analyse(Pair pair, List<Analysis<?, ?>> analyses) {
    Pair informed = pair;
    for (Analysis<?, ?> analysis : analyses) {
      informed = informed.knowing(run(analysis, informed));
    }
    return informed.known();
  }

  private <U extends WorkUnit, P extends Partial> List<Evidence> run(
      Analysis<U, P> analysis, Pair pair) {
    try {
      return engine.run(analysis, pair, progress);
    } catch (ArtifactException | CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      // One broken analysis must not take the others with it; the report says so and the exit code
      // is 3.
      return List.of(new Failed(analysis.id(), mainComponent(pair), String.valueOf(e)));
    } catch (OutOfMemoryError e) {
      String why =
          "not enough memory (%d MB); give more with -Xmx in STEMMA_JAVA_OPTIONS"
              .formatted(Runtime.getRuntime().maxMemory() >> 20);
      return List.of(new Failed(analysis.id(), mainComponent(pair), why));
    }
  }

  private static Component mainComponent(Pair pair) {
    return pair.a().components().stream()
        .filter(Component::isBody)
        .findFirst()
        .orElse(Component.ARCHITECTURE);
  }

  /**
   * What no comparison of two models' files can say; reports add the analyses that did not apply.
   */
  private static final List<Report.NotTested> OTHER_COMMANDS =
      List.of(
          new Report.NotTested("behaviour.next-token", "no endpoint given; stemma behave asks one"),
          new Report.NotTested("training-log", "no training log given; stemma trainlog reads one"));

  private static Report.Subject subject(CanonicalModel model) {
    long parameters =
        model.model().tensors().stream().mapToLong(tensor -> tensor.shape().elements()).sum();
    return new Report.Subject(
        model.model().reference(),
        model.model().name(),
        model.model().digest().hexadecimal(),
        model.family(),
        parameters,
        model.model().notes());
  }

  @Override
  public void close() {
    engine.close();
    bytes.close();
  }
}
