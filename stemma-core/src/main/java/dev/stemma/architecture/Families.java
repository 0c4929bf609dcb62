package dev.stemma.architecture;

import dev.stemma.artifact.Config;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/** The registry of families. Adding a family is adding its file and a fixture. */
public final class Families {
  private static final Map<String, List<String>> ALIASES = FamilyFiles.aliases();
  private static final Map<String, Optional<Family>> NAMED_AS_THEIR_FILE =
      new ConcurrentHashMap<>();
  private static final List<String> TEXT_SECTIONS =
      List.of("text_config", "language_config", "llm_config");

  private Families() {}

  /** Every family; read when first needed, for most models name a file and need no other. */
  private static final class Registry {
    static final Map<String, Family> BY_ID = FamilyFiles.readAll();
    static final Map<String, Family> BY_MODEL_TYPE = byModelType();

    private static Map<String, Family> byModelType() {
      Map<String, Family> families = new HashMap<>();
      for (Family family : BY_ID.values()) {
        for (String modelType : family.modelTypes()) {
          Family other = families.put(key(modelType), family);
          if (other != null) {
            throw new IllegalStateException(
                modelType + " stands in " + other.id() + " and in " + family.id());
          }
        }
      }
      return Map.copyOf(families);
    }
  }

  private static Optional<Family> byModelType(String modelType) {
    String key = key(modelType);
    return NAMED_AS_THEIR_FILE
        .computeIfAbsent(
            key,
            name ->
                FamilyFiles.readOne(name)
                    .filter(
                        family -> family.modelTypes().stream().anyMatch(t -> key(t).equals(name))))
        .or(() -> Optional.ofNullable(Registry.BY_MODEL_TYPE.get(key)));
  }

  private static String key(String modelType) {
    return modelType.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /** All families that models can be of, by id. */
  public static List<Family> all() {
    return Registry.BY_ID.values().stream().filter(family -> !family.isBase()).toList();
  }

  /** The family that a configuration names, itself or in the part that speaks of its text model. */
  public static Optional<Family> find(Config config) {
    Optional<Family> family = config.modelType().flatMap(Families::byModelType);
    for (String section : TEXT_SECTIONS) {
      if (family.isEmpty() && config.json().get(section) instanceof ObjectNode inner) {
        family = new Config(inner).modelType().flatMap(Families::byModelType);
      }
    }
    return family;
  }

  /**
   * The architecture that a configuration states. A family that is not known is read as a plain
   * decoder, and says so by {@link Architecture#stated()}.
   */
  public static Architecture architecture(Config config) {
    return architecture(Optional.of(config), List.of());
  }

  /** The architecture of a model: as its configuration states, else as its tensors' names show. */
  public static Architecture architecture(Model model) {
    return architecture(model.config(), model.tensors());
  }

  private static Architecture architecture(Optional<Config> config, List<Tensor> tensors) {
    Optional<Family> stated = config.flatMap(Families::find);
    Family family = stated.orElseGet(() -> FamilyGuess.bestFor(tensors, Registry.BY_ID, ALIASES));
    return Architecture.of(family, config, stated.isPresent(), ALIASES);
  }

  /** A model with the roles of its tensors. */
  public static CanonicalModel canonicalise(Model model) {
    Architecture architecture = architecture(model);
    return canonicalise(model, architecture);
  }

  /** A model with the roles of its tensors, by an architecture of it that is already known. */
  public static CanonicalModel canonicalise(Model model, Architecture architecture) {
    return new Canonicaliser(architecture).canonicalise(model, architecture.family().id());
  }

  /** The names of all configuration keys that mean the same as another. */
  static Map<String, List<String>> aliases() {
    return ALIASES;
  }

  /** All model types that the registry knows, sorted. */
  public static List<String> modelTypes() {
    return List.copyOf(new TreeSet<>(Registry.BY_MODEL_TYPE.keySet()));
  }
}
