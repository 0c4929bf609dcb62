package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.analysis.Analyses;
import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Families;
import dev.stemma.engine.LocalEngine;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Failed;
import dev.stemma.evidence.Measured;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.lab.Lab;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.RandomModel;
import dev.stemma.testing.RandomModel.Size;
import dev.stemma.testing.TinyLlama;
import dev.stemma.verdict.Judge;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Independent pairs through every analysis and the verdict: none may be related, and each exact
 * test's p-values must be conservative. How many pairs: {@code -Dstemma.pairs=N}; the profile
 * "benchmark" takes 1,200. A raw run goes to {@code -Dstemma.pairs.output=FILE}.
 */
class IndependentPairsTest {
  private static final int PAIRS = Integer.getInteger("stemma.pairs", 36);
  private static final double[] LEVELS = {0.05, 0.01, 0.001};
  private static final List<Size> SIZES =
      List.of(
          new Size(32, 64, 3, 200, 0),
          new Size(48, 96, 2, 150, 0),
          new Size(64, 160, 2, 300, 0),
          new Size(32, 48, 2, 200, 4),
          new Size(96, 128, 1, 400, 0));

  /** One model of a group; pairs are drawn within groups and now and then across. */
  private record Member(String group, String folder) {}

  private record Result(Member a, Member b, Relation relation, Map<String, Double> log10p) {}

  @TempDir Path folder;

  private final LocalBytes bytes = new LocalBytes();

  @Test
  void noneIsRelatedAndTheirPValuesAreConservative() throws IOException {
    check(Scope.PLANNED, PAIRS);
  }

  /** Small models by the plan for large ones: few rows, neurons and layers say no more. */
  @Test
  void norOfFewOfTheirBytes() throws IOException {
    check(Scope.PLANNED.bounded(0, 0.3), PAIRS);
  }

  private void check(Scope scope, int pairs) throws IOException {
    List<Member> members = members();
    List<Result> results = new ArrayList<>();
    try (LocalEngine engine = new LocalEngine(2, new TensorReader(bytes))) {
      Random random = new Random(2026);
      while (results.size() < pairs) {
        Member a = members.get(random.nextInt(members.size()));
        Member b = members.get(random.nextInt(members.size()));
        boolean across = random.nextInt(8) == 0;
        if (!a.equals(b) && (across || a.group().equals(b.group()))) {
          results.add(result(a, b, scope, engine));
        }
      }
    } finally {
      bytes.close();
    }
    List<Tail> tails = tails(results, members);
    if (scope.equals(Scope.PLANNED)) {
      write(results, members, tails);
    }
    assertThat(results)
        .filteredOn(result -> related(result.relation()))
        .as("independent pairs that were called related")
        .isEmpty();
    assertThat(tails)
        .filteredOn(tail -> tail.lowerBound() > tail.level())
        .as("tests that are not conservative: share below the level, lower bound over models")
        .isEmpty();
  }

  private static boolean related(Relation relation) {
    return Set.of(Relation.DERIVED, Relation.SHARED_ANCESTOR, Relation.IDENTICAL)
        .contains(relation);
  }

  private List<Member> members() throws IOException {
    List<Member> members = new ArrayList<>();
    int each = Math.max(3, PAIRS / 36);
    long seed = Long.getLong("stemma.pairs.seed", 1);
    for (Size size : SIZES) {
      for (int number = 0; number < each; number++) {
        Path model = RandomModel.write(folder.resolve("random" + seed), size, seed++);
        members.add(new Member(size.toString(), model.toString()));
      }
    }
    Path tiny = TinyLlama.write(folder.resolve("tiny"), 4, 99);
    reinitialised(members, tiny.toString(), each, seed);
    String family = System.getProperty("stemma.pairs.family", "");
    if (!family.isBlank()) {
      for (String base : List.of("alpha", "mixture", "shallow", "narrow")) {
        reinitialised(members, family + "/" + base, each / 4, seed);
      }
    }
    return members;
  }

  private void reinitialised(List<Member> members, String base, int count, long seed)
      throws IOException {
    Lab lab = new Lab(this::open, new TensorReader(bytes), Progress.NONE);
    for (int number = 0; number < count; number++) {
      Path child = folder.resolve(Path.of(base).getFileName() + "-" + number);
      lab.derive(base, "reinit", base.hashCode() + seed * 1000 + number, child, List.of());
      members.add(new Member(base, child.toString()));
    }
  }

  private CanonicalModel open(String reference) {
    return Families.canonicalise(
        new ModelReader().read(Sources.standard().resolve(reference, Progress.NONE), bytes));
  }

  private Result result(Member a, Member b, Scope scope, LocalEngine engine) {
    Pair pair = new Pair(open(a.folder()), open(b.folder()), scope);
    for (Analysis<?, ?> analysis : Analyses.all()) {
      pair = pair.knowing(engine.run(analysis, pair, Progress.NONE));
    }
    Map<String, Double> log10p = new TreeMap<>();
    for (Evidence evidence : pair.known()) {
      assertThat(evidence).isNotInstanceOf(Failed.class);
      if (evidence instanceof Measured found
          && found.basis() == Measured.Basis.EXACT
          && found.id().startsWith("weights.")
          && found.log10p() != null) {
        log10p.put(found.id() + " " + found.component().key(), found.log10p());
      }
    }
    return new Result(a, b, Judge.judge(pair.known(), List.of()).relation(), log10p);
  }

  /** Share of p-values at or below a level, and its lower bound when models are drawn anew. */
  private record Tail(String test, double level, int values, double share, double lowerBound) {}

  private static List<Tail> tails(List<Result> results, List<Member> members) {
    Map<String, List<Result>> byTest = new TreeMap<>();
    for (Result result : results) {
      result
          .log10p()
          .keySet()
          .forEach(test -> byTest.computeIfAbsent(test, key -> new ArrayList<>()).add(result));
    }
    List<Tail> tails = new ArrayList<>();
    byTest.forEach((test, own) -> {
      for (double level : LEVELS) {
        tails.add(tail(test, level, own, members));
      }
    });
    return tails;
  }

  private static Tail tail(String test, double level, List<Result> own, List<Member> members) {
    Random random = new Random(7);
    double[] shares = new double[1000];
    for (int round = 0; round < shares.length; round++) {
      Map<Member, Integer> drawn = new java.util.HashMap<>();
      for (int index = 0; index < members.size(); index++) {
        drawn.merge(members.get(random.nextInt(members.size())), 1, Integer::sum);
      }
      double all = 0;
      double below = 0;
      for (Result result : own) {
        double weight =
            drawn.getOrDefault(result.a(), 0) * (double) drawn.getOrDefault(result.b(), 0);
        all += weight;
        below += below(result, test, level) ? weight : 0;
      }
      shares[round] = all == 0 ? 0 : below / all;
    }
    java.util.Arrays.sort(shares);
    long below = own.stream().filter(result -> below(result, test, level)).count();
    return new Tail(
        test, level, own.size(), (double) below / own.size(), shares[shares.length / 20]);
  }

  private static boolean below(Result result, String test, double level) {
    return result.log10p().getOrDefault(test, 0.0) <= Math.log10(level) + 1e-12;
  }

  private static void write(List<Result> results, List<Member> members, List<Tail> tails)
      throws IOException {
    @Nullable String output = System.getProperty("stemma.pairs.output");
    if (output == null || output.isBlank()) {
      return;
    }
    Map<String, Long> relations = new TreeMap<>();
    results.forEach(result -> relations.merge(result.relation().key(), 1L, Long::sum));
    List<String> lines = new ArrayList<>();
    lines.add(
        "{\"pairs\":%d,\"models\":%d,\"relations\":%s,"
            .formatted(
                results.size(),
                members.size(),
                relations.toString().replaceAll("([a-z-]+)=", "\"$1\":")));
    lines.add("\"tails\":[");
    for (Tail tail : tails) {
      lines.add(
          "{\"test\":\"%s\",\"level\":%s,\"values\":%d,\"share\":%.5f,\"lowerBound\":%.5f},"
              .formatted(
                  tail.test(), tail.level(), tail.values(), tail.share(), tail.lowerBound()));
    }
    lines.add("{}],\"pairs.log10p\":[");
    for (Result result : results) {
      lines.add(
          "{\"group\":\"%s\",\"relation\":\"%s\",\"log10p\":%s},"
              .formatted(
                  Path.of(result.a().group()).getFileName(),
                  result.relation().key(),
                  result
                      .log10p()
                      .toString()
                      .replaceAll("([a-z. -]+)=", "\"$1\":")
                      .replace("\" ", "\"")));
    }
    lines.add("{}]}");
    Files.write(Path.of(output), lines);
  }
}
