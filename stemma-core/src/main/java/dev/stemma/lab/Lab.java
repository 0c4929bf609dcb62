package dev.stemma.lab;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.GgufWriter;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.format.TensorReader;
import dev.stemma.source.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Derives checkpoints of known ancestry and writes them with their {@code lineage.json}. */
public final class Lab {
  /** Derivations after which the model computes what it did before. */
  private static final Set<String> FUNCTION_PRESERVING =
      Set.of("permute", "rotate", "rescale", "rename");

  private static final List<String> TOKENIZER_FILES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "vocab.json",
          "merges.txt",
          "tokenizer.model");

  /** How a derivative is written. */
  public enum Format {
    /** {@code model.safetensors} and {@code config.json}. */
    SAFETENSORS,
    /** {@code model.gguf}; the configuration is in it. */
    GGUF
  }

  private final Function<String, CanonicalModel> open;
  private final TensorReader reader;
  private final Progress progress;

  /**
   * A lab.
   *
   * @param open opens a model reference
   */
  public Lab(Function<String, CanonicalModel> open, TensorReader reader, Progress progress) {
    this.open = open;
    this.reader = reader;
    this.progress = progress;
  }

  /**
   * Derives and writes a checkpoint; the folder appears under its name only when it is whole.
   *
   * @param how derivations to apply in order, as {@code lora:8,permute}; see {@link Derivations}
   * @param companions files copied beside the weights (the tokenizer)
   * @throws dev.stemma.artifact.ArtifactException if the base does not allow it; nothing is written
   *     then
   */
  public void derive(
      String reference, String how, long seed, Path destination, List<Path> companions)
      throws IOException {
    derive(reference, how, seed, destination, companions, Format.SAFETENSORS);
  }

  /** The same in a format. */
  public void derive(
      String reference,
      String how,
      long seed,
      Path destination,
      List<Path> companions,
      Format format)
      throws IOException {
    if (Files.exists(destination)) {
      throw new FileAlreadyExistsException(destination.toString());
    }
    CanonicalModel base = open.apply(reference);
    RandomGenerator random = new Random(seed);
    Checkpoint checkpoint = checkpoint(base);
    Derivations derivations = new Derivations(other -> checkpoint(open.apply(other)), format);
    boolean yi = false;
    List<Derivations.Step> steps = derivations.parse(checkpoint, how);
    for (Derivations.Step step : steps) {
      checkpoint = step.derivation().derive(checkpoint, random);
      yi |= step.name().equals("rename");
    }
    boolean sameFunction =
        steps.stream().allMatch(step -> FUNCTION_PRESERVING.contains(step.name()));
    write(checkpoint, base, how, seed, destination, companions, yi, sameFunction, format);
  }

  /** The tokenizer's files in a folder, which go with a derivative. */
  public static List<Path> tokenizerFiles(Path folder) {
    return TOKENIZER_FILES.stream().map(folder::resolve).filter(Files::isRegularFile).toList();
  }

  private static int vocabulary(Checkpoint checkpoint) {
    LabTensor table =
        checkpoint.tensors().get(Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING));
    return table == null ? 0 : table.rows();
  }

  private Checkpoint checkpoint(CanonicalModel model) {
    Optional<Config> stated = model.model().config();
    ObjectNode config =
        stated.filter(found -> found.modelType().isPresent()).isPresent()
            ? stated.get().json().deepCopy()
            : inferred(model);
    // An ONNX graph tells the number of heads and nothing else.
    stated.ifPresent(found -> config.setAll(found.json()));
    SortedMap<Role, LabTensor> tensors = new TreeMap<>();
    model
        .tensors()
        .forEach((role, view) ->
            tensors.put(
                role,
                new LabTensor(
                    view.shape(),
                    stored(view),
                    (first, count, destination) ->
                        reader.read(view, first, count, destination, 0))));
    return new Checkpoint(model.model().reference(), config, tensors);
  }

  private static ObjectNode inferred(CanonicalModel model) {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.put("model_type", model.family());
    TensorView embedding =
        model.tensors().get(Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING));
    if (embedding != null) {
      config.put("vocab_size", embedding.shape().rows());
      config.put("hidden_size", embedding.shape().columns());
    }
    int layers = 0;
    for (Component component : model.components()) {
      layers = Math.max(layers, model.layers(component).size());
    }
    config.put("num_hidden_layers", layers);
    model.tensors().entrySet().stream()
        .filter(tensor -> tensor.getKey().part() == Part.UP)
        .findFirst()
        .ifPresent(up -> config.put("intermediate_size", up.getValue().shape().rows()));
    return config;
  }

  private static TensorNames.Style style(Checkpoint checkpoint, boolean yi) {
    if (yi) {
      return TensorNames.Style.YI;
    }
    if (checkpoint.tensors().keySet().stream()
        .anyMatch(role -> role.component() == Component.DECODER)) {
      boolean mixtral = checkpoint.config().path("model_type").asString("").equals("mixtral");
      return mixtral ? TensorNames.Style.MIXTRAL : TensorNames.Style.LLAMA;
    }
    return TensorNames.Style.BERT;
  }

  private static ElementType stored(TensorView view) {
    return switch (view) {
      case TensorView.Stored stored ->
          switch (stored.type()) {
            case F64, F32, F16, BF16 -> stored.type();
            default -> ElementType.F32;
          };
      case TensorView.Transposed transposed -> stored(transposed.of());
      case TensorView.Rows rows -> stored(rows.of());
      case TensorView.Reshaped reshaped -> stored(reshaped.of());
      default -> ElementType.F32;
    };
  }

  private void write(
      Checkpoint checkpoint,
      CanonicalModel base,
      String how,
      long seed,
      Path destination,
      List<Path> companions,
      boolean yi,
      boolean sameFunction,
      Format format)
      throws IOException {
    Path absolute = destination.toAbsolutePath();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new IOException(destination + " has no parent folder");
    }
    Files.createDirectories(parent);
    Path temporary =
        Files.createDirectory(
            parent.resolve(
                ".stemma-lab-" + ProcessHandle.current().pid() + "-" + System.nanoTime()));
    Thread interrupted = new Thread(() -> deleteQuietly(temporary), "stemma-lab-clean-up");
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      TensorNames.Style names = style(checkpoint, yi && format == Format.SAFETENSORS);
      List<SafetensorsWriter.Entry> entries = new ArrayList<>();
      checkpoint
          .tensors()
          .forEach((role, tensor) ->
              entries.add(
                  new SafetensorsWriter.Entry(
                      TensorNames.of(role, names),
                      tensor.type(),
                      tensor.shape(),
                      tensor.values())));
      entries.sort(Comparator.comparing(SafetensorsWriter.Entry::name));
      switch (format) {
        case SAFETENSORS -> {
          SafetensorsWriter.write(temporary.resolve("model.safetensors"), entries, progress);
          text(temporary.resolve("config.json"), checkpoint.config().toPrettyString());
        }
        case GGUF ->
            GgufWriter.write(
                temporary.resolve("model.gguf"), checkpoint.config(), entries, progress);
      }
      ObjectNode lineage = JsonMapper.shared().createObjectNode();
      lineage.put("parent", how.startsWith("reinit") ? null : checkpoint.reference());
      lineage.put("parentDigest", base.model().digest().hexadecimal());
      lineage.put("how", how);
      lineage.put("seed", seed);
      if (sameFunction) {
        CanonicalModel derived = open.apply(temporary.toString());
        new SameFunction(reader).prove(base, derived, lineage.putObject("sameFunction"));
      }
      text(temporary.resolve("lineage.json"), lineage.toPrettyString());
      if (how.contains("reduce-vocabulary")) {
        TokenizerCopy.reduced(
            companions,
            temporary,
            Reduction.keptTokens(vocabulary(checkpoint(base)), vocabulary(checkpoint)));
      } else if (!how.contains("replace-embeddings")) {
        int before = vocabulary(checkpoint(base));
        int added = how.contains("extend-vocabulary") ? vocabulary(checkpoint) - before : 0;
        TokenizerCopy.write(companions, temporary, before, added);
      }
      Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      delete(temporary);
      throw e;
    } finally {
      forget(interrupted);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The machine is shutting down: the hook does its work.
    }
  }

  /** On Ctrl-C: the writer may still be at it, so what cannot be removed stays hidden. */
  private static void deleteQuietly(Path folder) {
    try {
      delete(folder);
    } catch (IOException | java.io.UncheckedIOException e) {
      // A hidden folder stays; nothing has the final name.
    }
  }

  private static void text(Path file, String text) throws IOException {
    Files.writeString(file, text + "\n", StandardCharsets.UTF_8);
  }

  /** Removes a folder with all that is in it. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
