package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.Attention;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.CheckpointCheck;
import dev.stemma.architecture.Experts;
import dev.stemma.architecture.Expression;
import dev.stemma.architecture.Families;
import dev.stemma.architecture.KeyValueCache;
import dev.stemma.architecture.ParameterCount;
import dev.stemma.architecture.RotaryEmbedding;
import dev.stemma.architecture.StatedSizes;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Everything that a model's headers say about its architecture.
 *
 * @param name for people
 * @param countedFromTensors true where the checkpoint was counted because no configuration says
 *     enough
 * @param check checkpoint against configuration; empty without both
 * @param notes what the reader should know
 */
public record Inspection(
    String name,
    String reference,
    Architecture architecture,
    ParameterCount parameters,
    boolean countedFromTensors,
    Optional<Attention> attention,
    Optional<KeyValueCache> cache,
    Optional<RotaryEmbedding> positions,
    Experts experts,
    Optional<CheckpointCheck> check,
    List<String> notes) {
  private static final List<String> OTHER_MODALITIES =
      List.of("vision_config", "audio_config", "speech_config");

  /** Keeps the list unmodifiable. */
  public Inspection {
    notes = List.copyOf(notes);
  }

  /** The family's id. */
  public String family() {
    return architecture.family().id();
  }

  /**
   * Inspects a configuration alone.
   *
   * @throws ArtifactException if it lacks a key that the count needs
   */
  public static Inspection of(String reference, Config config) {
    return of(reference, reference, config);
  }

  private static Inspection of(String name, String reference, Config config) {
    Architecture architecture = Families.architecture(config);
    StatedSizes.misspelt(architecture)
        .ifPresent(key -> {
          throw new ArtifactException(
              ErrorCode.BAD_ARGUMENT,
              reference,
              key.found(),
              key.meant(),
              key.found(),
              "Correct the key: it is not read, and the default would be taken without a word.");
        });
    try {
      return of(
          name,
          reference,
          architecture,
          ParameterCount.of(architecture),
          false,
          Optional.empty(),
          notes(architecture, true));
    } catch (Expression.UnresolvedException e) {
      List<String> missing = StatedSizes.missing(architecture);
      if (!architecture.stated() && !missing.isEmpty()) {
        throw new ArtifactException(
            ErrorCode.BAD_ARGUMENT,
            reference,
            "model_type",
            "a family that is known (docs/families.md), or at least " + String.join(", ", missing),
            config.modelType().map(type -> "\"" + type + "\" without them").orElse("neither"),
            "Complete the configuration, or give the checkpoint with it.",
            e);
      }
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          reference,
          "family " + architecture.family().id() + ", " + e.what(),
          e.expected(),
          e.found(),
          "Complete the configuration, or give the checkpoint with it.",
          e);
    }
  }

  /** Inspects a model: its configuration where that says enough, and its tensors. */
  public static Inspection of(Model model) {
    if (model.tensors().isEmpty() && model.config().isPresent()) {
      return of(model.name(), model.reference(), model.config().get());
    }
    if (model.tensors().isEmpty()) {
      throw new ArtifactException(
          ErrorCode.NO_MODEL_FILE,
          model.reference(),
          "",
          "a configuration or weights",
          "neither",
          "Give a config.json, a checkpoint, or the folder that holds them.");
    }
    Architecture architecture = Families.architecture(model);
    CanonicalModel canonical = Families.canonicalise(model, architecture);
    List<String> notes = new ArrayList<>(notes(architecture, model.config().isPresent()));
    notes.addAll(model.notes());
    Optional<ParameterCount> counted =
        architecture.stated() ? attempt(architecture, ParameterCount::of) : Optional.empty();
    Optional<CheckpointCheck> check =
        counted.isPresent()
            ? attempt(architecture, known -> CheckpointCheck.of(canonical, known))
            : Optional.empty();
    if (counted.isEmpty()) {
      notes.add("Counted from the tensors, since no configuration of a known family says enough.");
    }
    return of(
        model.name(),
        model.reference(),
        architecture,
        counted.orElseGet(() -> ParameterCount.of(canonical, architecture)),
        counted.isEmpty(),
        check,
        notes);
  }

  private static Inspection of(
      String name,
      String reference,
      Architecture architecture,
      ParameterCount parameters,
      boolean countedFromTensors,
      Optional<CheckpointCheck> check,
      List<String> notes) {
    return new Inspection(
        name,
        reference,
        architecture,
        parameters,
        countedFromTensors,
        attempt(architecture, Attention::of),
        attempt(architecture, KeyValueCache::of),
        attempt(architecture, RotaryEmbedding::of),
        attempt(architecture, Experts::of).orElse(Experts.NONE),
        check,
        notes);
  }

  private static List<String> notes(Architecture architecture, boolean hasConfig) {
    List<String> notes = new ArrayList<>(architecture.family().notes());
    List<String> defaulted = hasConfig ? StatedSizes.defaulted(architecture) : List.of();
    if (!defaulted.isEmpty()) {
      notes.add(
          "Not stated, so taken from the defaults of the family's official configuration: "
              + String.join(", ", defaulted)
              + ".");
    }
    NearestModels.difference(architecture).ifPresent(notes::add);
    if (hasConfig) {
      notes.addAll(uncounted(architecture));
      notes.addAll(ContradictionNotes.of(architecture));
    }
    if (!architecture.stated()) {
      notes.add(
          hasConfig
              ? "The family is not known: read from the configuration's usual keys and the"
                  + " tensors' names; check the counts."
              : "There is no configuration: the family was inferred from the tensors' names.");
    }
    return notes;
  }

  /** Parts of the model that a configuration has and its family's file does not describe. */
  private static List<String> uncounted(Architecture architecture) {
    List<String> notes = new ArrayList<>();
    for (String section : OTHER_MODALITIES) {
      boolean isStated =
          architecture.config().map(config -> config.json().path(section).isObject()).orElse(false);
      boolean isDescribed =
          architecture.stacks().stream().anyMatch(stack -> stack.sections().contains(section));
      if (isStated && !isDescribed) {
        notes.add("The configuration has a " + section + ", whose model is not counted here.");
      }
    }
    return notes;
  }

  private static <T> Optional<T> attempt(
      Architecture architecture, Function<Architecture, T> step) {
    try {
      return Optional.of(step.apply(architecture));
    } catch (Expression.UnresolvedException | ArithmeticException notStated) {
      return Optional.empty();
    }
  }
}
