package dev.stemma.lab.bench;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.format.TensorReader;
import dev.stemma.lab.bench.TruthSet.Member;
import dev.stemma.lab.peers.Peer;
import dev.stemma.lab.peers.PeerModel;
import dev.stemma.lab.peers.Peers;
import dev.stemma.source.Progress;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs every pair of a truth set through the verdict, each analysis and each published method. */
public final class Bench {
  /** The verdict's own score in {@link PairResult#scores()}. */
  public static final String VERDICT = "verdict";

  /** Above every p-value's exponent: a related pair ranks above all that are not called related. */
  private static final double RELATED = 1e6;

  private final Function<String, CanonicalModel> open;
  private final TensorReader reader;
  private final Comparer comparer;
  private final Progress progress;
  private final Map<String, PeerModel> peerModels = new HashMap<>();

  /** Compares two models as a user would; the bench must not tell it anything of the truth. */
  @FunctionalInterface
  public interface Comparer {
    /** The verdict with its evidence. */
    Judged compare(String a, String b, List<String> candidates);
  }

  /** What a comparison gave. */
  public record Judged(Verdict verdict, List<Evidence> evidence) {
    /** Keeps the list unmodifiable. */
    public Judged {
      evidence = List.copyOf(evidence);
    }
  }

  /** A bench over this way to compare. */
  public Bench(
      Function<String, CanonicalModel> open,
      TensorReader reader,
      Comparer comparer,
      Progress progress) {
    this.open = open;
    this.reader = reader;
    this.comparer = comparer;
    this.progress = progress;
  }

  /** All pairs, each once. */
  public List<PairResult> run(TruthSet truth, Journal journal) {
    List<List<Member>> pairs = truth.pairs();
    List<PairResult> results = new ArrayList<>();
    try (Progress.Step step =
        progress.begin("comparing pairs", pairs.size(), Progress.Unit.ITEMS)) {
      for (List<Member> pair : pairs) {
        Member a = pair.getFirst();
        Member b = pair.getLast();
        results.add(
            journal.get(
                a.name(), b.name(), () -> pair(truth, a, b), found -> withPeers(found, a, b)));
        step.advance(1);
      }
    }
    return results;
  }

  private static long peakHeapBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }

  /** What all threads have allocated since the start, those that have ended too. */
  private static long allocatedBytes() {
    return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
        ? threads.getTotalThreadAllocatedBytes()
        : -1;
  }

  private PairResult pair(TruthSet truth, Member a, Member b) {
    TreeMap<String, Double> scores = new TreeMap<>();
    TreeMap<String, Double> seconds = new TreeMap<>();
    TreeMap<String, Double> allocated = new TreeMap<>();
    TreeMap<String, Double> exact = new TreeMap<>();
    TruePair relation = truth.relation(a.name(), b.name());
    String problem = "";
    @Nullable Judged judged = null;
    ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
    long allocatedBefore = allocatedBytes();
    long start = System.nanoTime();
    try {
      judged = comparer.compare(a.reference(), b.reference(), List.of());
    } catch (ArtifactException e) {
      problem = String.valueOf(e.getMessage());
    }
    seconds.put(VERDICT, secondsSince(start));
    allocated.put(VERDICT, (double) allocatedBytes() - allocatedBefore);
    long peak = peakHeapBytes();
    if (judged != null) {
      ownScores(judged, scores, exact);
    }
    boolean descent = relation == TruePair.DESCENT;
    @Nullable String parent =
        judged == null
            ? null
            : switch (parent(judged.verdict())) {
              case A -> a.name();
              case B -> b.name();
              case UNDETERMINED -> null;
            };
    return new PairResult(
        a.name(),
        b.name(),
        relation,
        judged == null ? "failed" : judged.verdict().relation().key(),
        judged == null ? List.of() : kinds(truth, a, b, judged),
        expectedKinds(a, b),
        parent,
        descent ? (truth.ancestors(a.name()).contains(b.name()) ? b.name() : a.name()) : null,
        judged == null ? null : log10p(judged.verdict()),
        scores,
        exact,
        seconds,
        allocated,
        peak,
        problem);
  }

  /** With the scores of those published methods that it does not have yet. */
  private PairResult withPeers(PairResult found, Member a, Member b) {
    TreeMap<String, Double> scores = new TreeMap<>(found.scores());
    TreeMap<String, Double> seconds = new TreeMap<>(found.seconds());
    TreeMap<String, Double> allocated = new TreeMap<>(found.allocatedBytes());
    for (Peer peer : Peers.all()) {
      String key = "peer." + peer.id();
      if (!seconds.containsKey(key)) {
        long before = allocatedBytes();
        long begun = System.nanoTime();
        scores.put(key, peer.method().score(peerModel(a), peerModel(b)));
        seconds.put(key, secondsSince(begun));
        allocated.put(key, (double) allocatedBytes() - before);
      }
    }
    return found.with(scores, seconds, allocated);
  }

  private PeerModel peerModel(Member member) {
    return peerModels.computeIfAbsent(
        member.reference(), reference -> new PeerModel(open.apply(reference), reader));
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** Scores of the verdict and of each weight analysis by its p-value and by its effect. */
  static void ownScores(
      Judged judged, SortedMap<String, Double> scores, SortedMap<String, Double> exact) {
    Double log10p = log10p(judged.verdict());
    Relation relation = judged.verdict().relation();
    boolean related = relation.compareTo(Relation.SHARED_ANCESTOR) <= 0;
    scores.put(VERDICT, (related ? RELATED : 0) - (log10p == null ? 0 : log10p));
    for (Evidence evidence : judged.evidence()) {
      if (evidence instanceof Measured measured && measured.id().startsWith("weights.")) {
        Double p = measured.log10p();
        if (p != null) {
          scores.merge(measured.id() + " p", -p, Math::max);
          if (measured.basis() == Basis.EXACT) {
            exact.put(measured.id() + " (" + measured.component().key() + ")", p);
          }
        }
        Double effect = measured.effect();
        if (effect != null && !effect.isNaN()) {
          scores.merge(measured.id() + " effect", effect, Math::max);
        }
      }
    }
  }

  private static @Nullable ComponentVerdict strongest(Verdict verdict) {
    return verdict.components().stream()
        .filter(found -> found.component().isBody())
        .min(java.util.Comparator.comparing(ComponentVerdict::relation))
        .orElse(null);
  }

  private static @Nullable Double log10p(Verdict verdict) {
    ComponentVerdict strongest = strongest(verdict);
    return strongest == null ? null : strongest.log10p();
  }

  private static Parent parent(Verdict verdict) {
    ComponentVerdict strongest = strongest(verdict);
    Parent parent = strongest == null ? null : strongest.parent();
    return parent == null ? Parent.UNDETERMINED : parent;
  }

  /**
   * Kinds of all components. A merge can only be seen with its other parents at hand, so an edge
   * with several parents is compared again with them as candidates, as a user would.
   */
  private List<String> kinds(TruthSet truth, Member a, Member b, Judged judged) {
    Verdict verdict = judged.verdict();
    @Nullable Member child =
        a.parents().contains(b.name()) ? a : b.parents().contains(a.name()) ? b : null;
    if (child != null && child.parents().size() > 1) {
      String known = child.equals(a) ? b.name() : a.name();
      List<String> others =
          child.parents().stream()
              .filter(name -> !name.equals(known))
              .map(name -> truth.members().get(name))
              .filter(java.util.Objects::nonNull)
              .map(Member::reference)
              .toList();
      verdict = comparer.compare(a.reference(), b.reference(), others).verdict();
    }
    TreeSet<String> kinds = new TreeSet<>();
    for (ComponentVerdict component : verdict.components()) {
      component.kinds().stream().map(Kind::key).forEach(kinds::add);
    }
    return List.copyOf(kinds);
  }

  private static List<String> expectedKinds(Member a, Member b) {
    if (a.parents().contains(b.name())) {
      return a.kinds();
    }
    if (b.parents().contains(a.name())) {
      return b.kinds();
    }
    return a.initialisedAs().contains(b.name()) || b.initialisedAs().contains(a.name())
        ? List.of(Kind.SAME_INITIALISATION.key())
        : List.of();
  }
}
