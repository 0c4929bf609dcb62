package dev.stemma.lab.bench;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Models whose tree is known: {@code truth.json} names each with its parent and how it was made.
 *
 * @param members by name
 */
public record TruthSet(SortedMap<String, Member> members) {
  private static final String FILE = "truth.json";
  private static final long MOST_BYTES = 1 << 20;
  private static final int MOST_MODELS = 500;

  /**
   * One model.
   *
   * @param reference where it lies
   * @param parents the first is the main one; none for a founder
   * @param initialisedAs the founder whose initial weights it started from, at most one
   * @param kinds how it came from its parents, in the verdict's words
   * @param recipe how the lab makes it before the run; null for one that is there
   * @param latent in the tree, but not to be had: compared with nothing
   * @param onlyWith the models that it is compared with; null for all
   */
  public record Member(
      String name,
      String reference,
      List<String> parents,
      List<String> initialisedAs,
      List<String> kinds,
      String how,
      @Nullable Recipe recipe,
      boolean latent,
      @Nullable List<String> onlyWith) {
    /** Keeps the lists unmodifiable. */
    public Member {
      onlyWith = onlyWith == null ? null : List.copyOf(onlyWith);
      parents = List.copyOf(parents);
      initialisedAs = List.copyOf(initialisedAs);
      kinds = List.copyOf(kinds);
    }

    /** The same member elsewhere. */
    Member at(String otherReference) {
      return new Member(
          name, otherReference, parents, initialisedAs, kinds, how, recipe, latent, onlyWith);
    }
  }

  /** A member. */
  Member require(String name) {
    Member member = members.get(name);
    if (member == null) {
      throw new IllegalArgumentException("no member " + name);
    }
    return member;
  }

  /** A derivation by the lab. */
  public record Recipe(String base, String how, long seed) {}

  /** The pairs to be compared, each once, in the order of their names. */
  public List<List<Member>> pairs() {
    List<Member> present = members.values().stream().filter(member -> !member.latent()).toList();
    List<List<Member>> pairs = new ArrayList<>();
    for (int i = 0; i < present.size(); i++) {
      for (int j = i + 1; j < present.size(); j++) {
        Member a = present.get(i);
        Member b = present.get(j);
        if ((wants(a, b) && wants(b, a))
            || (a.onlyWith() != null && a.onlyWith().contains(b.name()))
            || (b.onlyWith() != null && b.onlyWith().contains(a.name()))) {
          pairs.add(List.of(a, b));
        }
      }
    }
    return pairs;
  }

  private static boolean wants(Member one, Member other) {
    return one.onlyWith() == null || one.onlyWith().contains(other.name());
  }

  /** Keeps the map unmodifiable. */
  public TruthSet {
    members = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /**
   * Reads a folder's truth. A member may give {@code reference} (a path from the folder, or another
   * form of reference; else the folder of its name), {@code parents}, {@code kinds}; otherwise they
   * are read from the words of {@code how}. {@code "derive":{"how","seed"}} has the lab make it
   * from its first parent, {@code "latent":true} is an ancestor that cannot be had, and {@code
   * "with"} limits the models that it is compared with.
   */
  public static TruthSet read(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      if (!Files.isRegularFile(file)) {
        throw wrong(file, ErrorCode.NOT_FOUND, "a truth.json: name -> parent, how", "none");
      }
      if (Files.size(file) > MOST_BYTES) {
        throw wrong(
            file, ErrorCode.TOO_MANY_ENTRIES, MOST_BYTES + " bytes at most", "" + Files.size(file));
      }
      return parse(folder, JsonMapper.shared().readTree(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw wrong(file, ErrorCode.UNREADABLE, "a readable file", String.valueOf(e.getMessage()));
    } catch (JacksonException e) {
      throw wrong(file, ErrorCode.MALFORMED_JSON, "JSON", e.getOriginalMessage());
    }
  }

  private static TruthSet parse(Path folder, JsonNode json) {
    Path file = folder.resolve(FILE);
    Words words = Words.standard();
    if (!json.isObject() || json.size() > MOST_MODELS) {
      throw wrong(
          file,
          ErrorCode.MALFORMED_JSON,
          "an object of at most " + MOST_MODELS + " models",
          json.getNodeType() + " of " + json.size());
    }
    TreeMap<String, Member> members = new TreeMap<>();
    json.properties()
        .forEach(entry -> {
          JsonNode node = entry.getValue();
          String how = node.path("how").asString(node.path("derive").path("how").asString(""));
          LinkedHashSet<String> parents = new LinkedHashSet<>();
          if (node.path("parent").isString()) {
            parents.add(node.path("parent").asString());
            if (!node.path("derive").isObject()) {
              parents.addAll(words.names(words.otherParents, how));
            }
          }
          node.path("parents").forEach(parent -> parents.add(parent.asString()));
          parents.remove(entry.getKey());
          parents.removeIf(
              parent -> !json.has(parent) && !parent.equals(node.path("parent").asString("")));
          List<String> kinds = new ArrayList<>();
          node.path("kinds").forEach(kind -> kinds.add(kind.asString()));
          List<String> with = node.path("with").valueStream().map(JsonNode::asString).toList();
          JsonNode derive = node.path("derive");
          Recipe recipe =
              derive.isObject()
                  ? new Recipe(
                      derive
                          .path("base")
                          .asString(parents.isEmpty() ? "" : parents.iterator().next()),
                      derive.path("how").asString(""),
                      derive.path("seed").asLong(1))
                  : null;
          String reference = reference(folder, node.path("reference").asString(entry.getKey()));
          members.put(
              entry.getKey(),
              new Member(
                  entry.getKey(),
                  reference,
                  List.copyOf(parents),
                  words.names(words.sharedInitialisation, how),
                  kinds.isEmpty() && !parents.isEmpty() ? words.kinds(how) : kinds,
                  how,
                  recipe,
                  node.path("latent").asBoolean(false),
                  node.has("with") ? with : null));
        });
    for (Member member : members.values()) {
      List<String> needed = new ArrayList<>(member.parents());
      if (member.recipe() != null) {
        needed.add(member.recipe().base());
      }
      for (String parent : needed) {
        if (!members.containsKey(parent)) {
          throw wrong(file, ErrorCode.BAD_ARGUMENT, "parents among the models", parent);
        }
      }
    }
    TruthSet truth = new TruthSet(members);
    for (String name : members.keySet()) {
      if (truth.ancestors(name).contains(name)) {
        throw wrong(file, ErrorCode.BAD_ARGUMENT, "a tree", name + " descends from itself");
      }
    }
    return truth;
  }

  private static String reference(Path folder, String text) {
    return text.contains(":") ? text : folder.resolve(text).normalize().toString();
  }

  private static ArtifactException wrong(Path file, ErrorCode code, String expected, String found) {
    return new ArtifactException(
        code,
        file.toString(),
        "",
        expected,
        found,
        "Give a truth set with --truth FOLDER: truth.json beside the models' folders.");
  }

  /** All models that one descends from. */
  public Set<String> ancestors(String name) {
    TreeSet<String> found = new TreeSet<>();
    collect(name, found);
    return found;
  }

  private void collect(String name, Set<String> found) {
    Member member = members.get(name);
    if (member != null) {
      for (String parent : member.parents()) {
        if (found.add(parent)) {
          collect(parent, found);
        }
      }
    }
  }

  private Set<String> founders(String name, boolean initialWeights) {
    Set<String> all = ancestors(name);
    all.add(name);
    TreeSet<String> founders = new TreeSet<>();
    for (String each : all) {
      Member member = members.get(each);
      if (member != null && member.parents().isEmpty()) {
        founders.addAll(
            initialWeights && !member.initialisedAs().isEmpty()
                ? member.initialisedAs()
                : List.of(each));
      }
    }
    return founders;
  }

  /** What the tree says of two models. */
  public TruePair relation(String a, String b) {
    if (ancestors(a).contains(b) || ancestors(b).contains(a)) {
      return TruePair.DESCENT;
    }
    if (meet(founders(a, false), founders(b, false))) {
      return TruePair.SIBLINGS;
    }
    return meet(founders(a, true), founders(b, true))
        ? TruePair.SAME_INITIALISATION
        : TruePair.INDEPENDENT;
  }

  private static boolean meet(Set<String> a, Set<String> b) {
    return !java.util.Collections.disjoint(a, b);
  }

  /** How the bench reads the words of {@code how}; a data file. */
  private record Words(
      List<Pattern> otherParents, List<Pattern> sharedInitialisation, List<KindWords> kindWords) {
    private record KindWords(Pattern pattern, List<String> kinds) {}

    static Words standard() {
      try (InputStream in =
          TruthSet.class.getResourceAsStream("/dev/stemma/lab/truth-words.json")) {
        if (in == null) {
          throw new IllegalStateException("truth-words.json is missing from the build");
        }
        JsonNode json = JsonMapper.shared().readTree(in);
        List<KindWords> kinds = new ArrayList<>();
        json.path("kinds")
            .forEach(node ->
                kinds.add(
                    new KindWords(
                        Pattern.compile(node.path("pattern").asString()),
                        node.path("kinds").valueStream().map(JsonNode::asString).toList())));
        return new Words(
            patterns(json.path("otherParents")),
            patterns(json.path("sharedInitialisation")),
            kinds);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private static List<Pattern> patterns(JsonNode node) {
      return node.valueStream().map(JsonNode::asString).map(Pattern::compile).toList();
    }

    List<String> names(List<Pattern> patterns, String how) {
      List<String> names = new ArrayList<>();
      for (Pattern pattern : patterns) {
        Matcher matcher = pattern.matcher(how);
        while (matcher.find()) {
          names.add(matcher.group(1));
        }
      }
      return names;
    }

    List<String> kinds(String how) {
      LinkedHashSet<String> kinds = new LinkedHashSet<>();
      for (KindWords words : kindWords) {
        if (words.pattern().matcher(how).find()) {
          kinds.addAll(words.kinds());
        }
      }
      return List.copyOf(kinds);
    }
  }
}
