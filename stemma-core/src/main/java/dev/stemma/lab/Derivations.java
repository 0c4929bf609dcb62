package dev.stemma.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Reads what {@code --how} says: derivations separated by commas that are followed by a name, each
 * with its arguments after colons.
 */
final class Derivations {
  /** One derivation with its name. */
  record Step(String name, Derivation derivation) {}

  private static final List<String> NAMES =
      List.of(
          "dus",
          "prune-depth",
          "prune-width",
          "upcycle",
          "prune-experts",
          "lora",
          "merge",
          "slerp",
          "ties",
          "task",
          "quantise",
          "noise",
          "permute",
          "rotate",
          "rescale",
          "extend-vocabulary",
          "reduce-vocabulary",
          "replace-embeddings",
          "transplant-layers",
          "reinit",
          "rename");

  private static final List<String> BARE =
      List.of("permute", "rotate", "rescale", "reinit", "rename");

  private final Function<String, Checkpoint> open;
  private final Lab.Format format;

  Derivations(Function<String, Checkpoint> open, Lab.Format format) {
    this.open = open;
    this.format = format;
  }

  List<Step> parse(Checkpoint base, String how) {
    List<Step> steps = new ArrayList<>();
    for (String text : split(how)) {
      if (format == Lab.Format.GGUF
          && !steps.isEmpty()
          && steps.getLast().name().equals("quantise")) {
        throw base.impossible("quantise as the last step of a GGUF file", how);
      }
      String[] parts = text.split(":", 2);
      steps.add(new Step(parts[0], step(base, parts[0], parts.length > 1 ? parts[1] : "")));
    }
    return steps;
  }

  /** A comma ends a derivation only where another's name follows: "prune-depth:0,1,3,permute". */
  private static List<String> split(String how) {
    List<String> steps = new ArrayList<>();
    for (String piece : how.split(",", -1)) {
      String name = piece.strip().split(":", 2)[0];
      if (steps.isEmpty() || NAMES.contains(name)) {
        steps.add(piece.strip());
      } else {
        steps.set(steps.size() - 1, steps.getLast() + "," + piece.strip());
      }
    }
    return steps;
  }

  private Derivation step(Checkpoint base, String name, String argument) {
    if (BARE.contains(name) && !argument.isEmpty()) {
      throw base.impossible(name + " alone, which takes no argument", "'" + argument + "'");
    }
    return switch (name) {
      case "dus" -> (from, random) -> Depth.upScale(from, whole(base, name, argument, 8));
      case "prune-depth" ->
          (from, random) ->
              argument.contains(",")
                  ? Depth.keep(from, Depth.list(from, argument))
                  : Depth.keepEvenly(
                      from, whole(base, name, argument, Math.max(1, from.layers() / 2)));
      case "prune-width" -> {
        String[] sizes = argument.split("x", -1);
        if (sizes.length != 2) {
          throw base.impossible(
              "prune-width:HIDDENxINTERMEDIATE, as prune-width:96x256", "'" + argument + "'");
        }
        int hidden = whole(base, name, sizes[0], 0);
        int neurons = whole(base, name, sizes[1], 0);
        yield (from, random) -> Width.prune(from, hidden, neurons, random);
      }
      case "upcycle" ->
          (from, random) -> Growth.upcycle(from, whole(base, name, argument, 4), random);
      case "prune-experts" ->
          (from, random) -> Reduction.pruneExperts(from, whole(base, name, argument, 0), random);
      case "lora" ->
          (from, random) -> Updates.lowRank(from, whole(base, name, argument, 8), random);
      case "merge" -> {
        Other other = other(base, name, argument, 1);
        yield (from, random) ->
            Merging.linear(from, open.apply(other.references().getFirst()), other.number());
      }
      case "slerp" -> {
        Other other = other(base, name, argument, 1);
        yield (from, random) ->
            Merging.spherical(from, open.apply(other.references().getFirst()), other.number());
      }
      case "ties" -> {
        Other other = other(base, name, argument, 2);
        yield (from, random) ->
            Merging.ties(
                from,
                open.apply(other.references().get(0)),
                open.apply(other.references().get(1)),
                other.number());
      }
      case "task" -> {
        Other other = other(base, name, argument, 2);
        yield (from, random) ->
            Merging.task(
                from,
                open.apply(other.references().get(0)),
                open.apply(other.references().get(1)),
                other.number());
      }
      case "quantise" -> {
        Updates.Grid grid = grid(base, argument);
        yield (from, random) ->
            format == Lab.Format.GGUF ? Updates.inBlocks(from, grid) : Updates.quantise(from, grid);
      }
      case "noise" -> {
        double share = number(base, name, argument);
        yield (from, random) -> Updates.noise(from, share, random);
      }
      case "permute" -> Disguises::permute;
      case "rotate" -> Disguises::rotate;
      case "rescale" -> Disguises::rescale;
      case "extend-vocabulary" ->
          (from, random) -> Growth.extendVocabulary(from, whole(base, name, argument, 96), random);
      case "reduce-vocabulary" ->
          (from, random) -> Reduction.reduceVocabulary(from, whole(base, name, argument, 0));
      case "replace-embeddings" ->
          (from, random) ->
              Growth.replaceEmbeddings(from, whole(base, name, argument, 2048), random);
      case "transplant-layers" -> {
        int at = argument.lastIndexOf('@');
        if (at < 1) {
          throw base.impossible("transplant-layers:DONOR@2,3", "'" + argument + "'");
        }
        yield (from, random) ->
            Depth.transplant(
                from,
                open.apply(argument.substring(0, at)),
                Depth.list(from, argument.substring(at + 1)));
      }
      case "reinit" -> Updates::reinitialise;
      case "rename" -> (from, random) -> from;
      default -> throw base.impossible("one of " + String.join(", ", NAMES), "'" + name + "'");
    };
  }

  /**
   * Other models that a derivation needs, and its number: {@code OTHER@0.4}, {@code
   * OTHER@BASE@0.5}.
   */
  private record Other(List<String> references, double number) {}

  private static Other other(Checkpoint base, String name, String argument, int count) {
    String[] parts = argument.split("@", -1);
    if (parts.length != count + 1) {
      throw base.impossible(
          name + ":OTHER" + (count == 2 ? "@BASE" : "") + "@NUMBER, as " + name + ":./other@0.4",
          "'" + argument + "'");
    }
    return new Other(List.of(parts).subList(0, count), number(base, name, parts[count]));
  }

  private static Updates.Grid grid(Checkpoint base, String text) {
    for (Updates.Grid grid : Updates.Grid.values()) {
      if (grid.name().equals(text.toUpperCase(Locale.ROOT))) {
        return grid;
      }
    }
    throw base.impossible("quantise:int8, q8_0, q4_0 or fp8", "'" + text + "'");
  }

  private static int whole(Checkpoint base, String name, String text, int otherwise) {
    if (text.isEmpty() && otherwise > 0) {
      return otherwise;
    }
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw base.impossible(name + " with a whole number", "'" + text + "'");
    }
  }

  private static double number(Checkpoint base, String name, String text) {
    try {
      double found = Double.parseDouble(text.strip());
      if (Double.isFinite(found)) {
        return found;
      }
      throw base.impossible(name + " with a finite number", "'" + text + "'");
    } catch (NumberFormatException e) {
      throw base.impossible(name + " with a number", "'" + text + "'");
    }
  }
}
