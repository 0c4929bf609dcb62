package dev.stemma;

import dev.stemma.analysis.Scope;
import dev.stemma.analysis.training.CheckpointTrail;
import dev.stemma.analysis.training.CheckpointTrail.Point;
import dev.stemma.analysis.training.Initialisation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.TensorView;
import dev.stemma.catalogue.TensorDigests;
import dev.stemma.numeric.PairStatistics;
import dev.stemma.source.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The checkpoints of one training, read as models are. */
public final class CheckpointSequence {
  private static final int MAXIMUM_CHECKPOINTS = 1_000;
  private static final int SAMPLES = 16;
  private static final int SAMPLE_ELEMENTS = 2_048;

  private static final Scope WHOLE = new Scope(new TreeSet<>(), true);

  /** {@code checkpoint-500}, {@code step_500}, {@code iter_0000500}, {@code 500}. */
  private static final Pattern STEP = Pattern.compile("(?:[^0-9].*)?(?<![0-9])([0-9]{1,15})");

  private static final Pattern WEIGHTS =
      Pattern.compile(".*\\.(?:safetensors|bin|pt|pth|gguf)", Pattern.CASE_INSENSITIVE);

  private final Investigation investigation;
  private final Progress progress;

  /** Reads through an investigation, which stays open. */
  public CheckpointSequence(Investigation investigation, Progress progress) {
    this.investigation = investigation;
    this.progress = progress;
  }

  private record Checkpoint(long step, Path folder) {}

  /**
   * What the checkpoints below a folder show: those of its sub-folders that hold weights and whose
   * names end in a step.
   *
   * @param released reference of the released model, or null
   * @param declared standard deviation claimed for the initialisation; the configuration's
   *     initializer_range where none is
   * @return no points where there are no checkpoints
   * @throws ArtifactException if one cannot be read, or has other tensors than the first
   */
  public CheckpointTrail trail(Path folder, @Nullable String released, OptionalDouble declared) {
    List<Checkpoint> checkpoints = below(folder);
    if (checkpoints.isEmpty()) {
      return CheckpointTrail.NONE;
    }
    CanonicalModel first = investigation.open(checkpoints.getFirst().folder().toString());
    CanonicalModel last = first;
    List<Point> points = new ArrayList<>();
    for (Checkpoint checkpoint : checkpoints) {
      last = points.isEmpty() ? first : investigation.open(checkpoint.folder().toString());
      points.add(point(checkpoint, first, last));
    }
    return new CheckpointTrail(
        points,
        checkpoints.getFirst().step() == 0 ? initialisation(first, declared) : null,
        released == null ? null : sameTensors(last, investigation.open(released)));
  }

  private static List<Checkpoint> below(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      List<Checkpoint> found = new ArrayList<>();
      for (Path child : children.filter(Files::isDirectory).limit(100_000).toList()) {
        Matcher step = STEP.matcher(String.valueOf(child.getFileName()));
        if (step.matches() && holdsWeights(child)) {
          found.add(new Checkpoint(Long.parseLong(step.group(1)), child));
        }
      }
      found.sort(Comparator.comparingLong(Checkpoint::step));
      if (found.size() > MAXIMUM_CHECKPOINTS) {
        throw new ArtifactException(
            ErrorCode.BAD_ARGUMENT,
            folder.toString(),
            "checkpoints",
            "at most " + MAXIMUM_CHECKPOINTS,
            found.size() + " of them",
            "Put those that matter (the first and the last among them) in a folder of links.");
      }
      return found;
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.UNREADABLE,
          folder.toString(),
          "",
          "a folder that may be listed",
          e.toString(),
          "Check the path and its permissions.",
          e);
    }
  }

  private static boolean holdsWeights(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> WEIGHTS.matcher(String.valueOf(file.getFileName())).matches());
    }
  }

  private Point point(Checkpoint checkpoint, CanonicalModel first, CanonicalModel model) {
    WeightComparison comparison =
        WeightComparison.of(investigation.engine(), first, model, WHOLE, progress);
    double firstSquares = 0;
    double squares = 0;
    double differences = 0;
    for (Map.Entry<Role, WeightComparison.Row> row : comparison.rows().entrySet()) {
      PairStatistics statistics = row.getValue().statistics();
      if (statistics == null) {
        throw new ArtifactException(
            ErrorCode.BAD_SHAPE,
            checkpoint.folder().toString(),
            comparison.key(row.getKey()),
            "the shape of the first checkpoint, " + row.getValue().tensors().a().shape(),
            String.valueOf(row.getValue().tensors().b().shape()),
            "Give the checkpoints of one training.");
      }
      firstSquares += statistics.sumOfSquaresA();
      squares += statistics.sumOfSquaresB();
      differences += statistics.sumSquaredDifference();
    }
    return new Point(
        checkpoint.step(),
        Math.sqrt(squares),
        Math.sqrt(differences / firstSquares),
        model.model().digest().hexadecimal());
  }

  private @Nullable Initialisation initialisation(CanonicalModel model, OptionalDouble claimed) {
    List<Initialisation.Fit> fits = new ArrayList<>();
    for (Map.Entry<Role, TensorView> tensor : model.tensors().entrySet()) {
      if (tensor.getKey().part().kind() == Part.Kind.MATRIX
          && tensor.getValue().shape().rank() >= 2) {
        fits.addAll(Initialisation.Fit.of(name(tensor.getKey()), sample(tensor.getValue())));
      }
    }
    if (fits.isEmpty()) {
      return null;
    }
    OptionalDouble declared =
        claimed.isPresent()
            ? claimed
            : model
                .model()
                .config()
                .map(config -> config.number("initializer_range"))
                .orElse(OptionalDouble.empty());
    int layers =
        Math.max(1, 1 + model.tensors().keySet().stream().mapToInt(Role::layer).max().orElse(0));
    return Initialisation.of(fits, declared, layers);
  }

  /** Runs of neighbouring elements, evenly spread. */
  private float[] sample(TensorView view) {
    long elements = view.shape().elements();
    if (elements <= SAMPLES * SAMPLE_ELEMENTS) {
      return investigation.tensors().readAll(view);
    }
    float[] values = new float[SAMPLES * SAMPLE_ELEMENTS];
    for (int i = 0; i < SAMPLES; i++) {
      long from = (elements - SAMPLE_ELEMENTS) / (SAMPLES - 1) * i;
      investigation.tensors().read(view, from, SAMPLE_ELEMENTS, values, i * SAMPLE_ELEMENTS);
    }
    return values;
  }

  private static String name(Role role) {
    return role.layer() < 0 ? role.key() : "layer " + role.layer() + " " + role.key();
  }

  /** Digests of the values, rounded to the release's type: a release is often stored narrower. */
  private boolean sameTensors(CanonicalModel last, CanonicalModel released) {
    if (!last.tensors().keySet().equals(released.tensors().keySet())) {
      return false;
    }
    return released.tensors().entrySet().parallelStream()
        .allMatch(tensor -> {
          TensorView own = tensor.getValue();
          TensorView other = last.tensors().getOrDefault(tensor.getKey(), own);
          TensorDigests.As as = type(own);
          return digest(own, as).equals(digest(other, as));
        });
  }

  private static TensorDigests.As type(TensorView view) {
    TensorView stored = view instanceof TensorView.Transposed turned ? turned.of() : view;
    return switch (stored instanceof TensorView.Stored plain ? plain.type() : ElementType.F32) {
      case BF16 -> TensorDigests.As.BF16;
      case F16 -> TensorDigests.As.F16;
      default -> TensorDigests.As.F32;
    };
  }

  private String digest(TensorView view, TensorDigests.As as) {
    return TensorDigests.of(view, as, investigation.tensors());
  }
}
