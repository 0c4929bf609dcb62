package dev.stemma.analysis.tokenizer;

import dev.stemma.analysis.tokenizer.VocabularyComparison.Order;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The public tokenizers whose signatures are shipped in {@code known-tokenizers.json}. */
public final class KnownTokenizers {
  static final int BYTES_A_TOKEN = 11;
  private static final int MARKS_COMPARED = 64;

  private final List<KnownTokenizer> known;

  KnownTokenizers(List<KnownTokenizer> known) {
    this.known = List.copyOf(known);
  }

  /** As shipped. */
  public static KnownTokenizers standard() {
    return Shipped.STANDARD;
  }

  private static final class Shipped {
    static final KnownTokenizers STANDARD = load();
  }

  /** Their names. */
  public List<String> names() {
    return known.stream().map(KnownTokenizer::name).toList();
  }

  List<KnownTokenizer> all() {
    return known;
  }

  Optional<KnownTokenizer> named(String name) {
    return known.stream().filter(tokenizer -> tokenizer.name().equals(name)).findFirst();
  }

  /** The vocabulary against every signature, best first. */
  List<KnownMatch> matches(Vocabulary vocabulary) {
    Map<Integer, Sample> samples = new HashMap<>();
    Set<String> marks = new HashSet<>(marks(vocabulary.tokenizer()));
    return known.stream()
        .map(each ->
            match(
                each,
                samples.computeIfAbsent(each.zeroBits(), bits -> Sample.of(vocabulary, bits)),
                marks))
        .sorted(
            Comparator.comparingDouble((KnownMatch match) ->
                    match.order().share() * Math.max(match.knownInV(), match.vInKnown()))
                .reversed())
        .toList();
  }

  /** The known tokenizer that this one is: of several alike the one with the same marks. */
  static Optional<KnownMatch> same(List<KnownMatch> matches, Thresholds thresholds) {
    List<KnownMatch> same = matches.stream().filter(match -> match.isSame(thresholds)).toList();
    Optional<KnownMatch> marked =
        same.stream()
            .filter(match -> match.marks() >= 0.9)
            .max(Comparator.comparingDouble(KnownMatch::marks));
    return marked
        .or(() -> same.stream().filter(match -> match.known().parent() == null).findFirst())
        .or(() -> same.stream().findFirst());
  }

  /** Whether one known tokenizer was made from another, over any number of steps. */
  boolean descends(String child, String ancestor) {
    String name = child;
    for (int steps = 0; steps < known.size(); steps++) {
      String parent = named(name).map(KnownTokenizer::parent).orElse(null);
      if (parent == null) {
        return false;
      }
      if (parent.equals(ancestor)) {
        return true;
      }
      name = parent;
    }
    return false;
  }

  private static KnownMatch match(KnownTokenizer known, Sample sample, Set<String> marks) {
    int[] ranks = new int[known.hashes().length];
    int shared = 0;
    int sameIds = 0;
    for (int i = 0; i < known.hashes().length; i++) {
      Integer rank = sample.rankOf().get(known.hashes()[i]);
      if (rank != null) {
        ranks[shared++] = rank;
        if (sample.vocabulary().id(rank) == known.ids()[i]) {
          sameIds++;
        }
      }
    }
    int[] found = Arrays.copyOf(ranks, shared);
    Order order = Order.of(found);
    Arrays.sort(found);
    int boundary =
        shared == 0
            ? 0
            : found[(int) Math.min(shared - 1L, Math.round(0.99 * shared))]
                + (4 << known.zeroBits());
    return new KnownMatch(
        known,
        share(shared, known.hashes().length),
        share(shared, sample.rankOf().size()),
        order,
        share(sameIds, shared),
        boundary,
        alike(known.marks(), marks),
        sample.vocabulary().size());
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private static double alike(List<String> known, Set<String> marks) {
    Set<String> both = new HashSet<>(known);
    both.retainAll(marks);
    Set<String> either = new HashSet<>(known);
    either.addAll(marks);
    return either.isEmpty() ? 1 : (double) both.size() / either.size();
  }

  /** A vocabulary's tokens whose hash begins with so many zero bits. */
  record Sample(Vocabulary vocabulary, Map<Long, Integer> rankOf) {
    static Sample of(Vocabulary vocabulary, int zeroBits) {
      Map<Long, Integer> rankOf = new HashMap<>();
      for (int rank = 0; rank < vocabulary.size(); rank++) {
        long hash = vocabulary.hash(rank);
        if (zeroBits == 0 || hash >>> (64 - zeroBits) == 0) {
          rankOf.put(hash, rank);
        }
      }
      return new Sample(vocabulary, rankOf);
    }
  }

  /** The first special tokens, as written. */
  static List<String> marks(Tokenizer tokenizer) {
    List<String> marks = new ArrayList<>();
    for (int i = 0; i < tokenizer.size() && marks.size() < MARKS_COMPARED; i++) {
      if (tokenizer.role(i) == Role.CONTROL) {
        marks.add(new String(tokenizer.bytes(i), StandardCharsets.UTF_8));
      }
    }
    return marks;
  }

  private static KnownTokenizers load() {
    try (InputStream in = KnownTokenizers.class.getResourceAsStream("known-tokenizers.json")) {
      if (in == null) {
        throw new IllegalStateException("known-tokenizers.json is not in the jar");
      }
      List<KnownTokenizer> all = new ArrayList<>();
      for (JsonNode node : new JsonMapper().readTree(in).path("tokenizers")) {
        all.add(read(node));
      }
      return new KnownTokenizers(all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A sampled token: eight bytes of hash, three of id. */
  private static KnownTokenizer read(JsonNode node) {
    ByteBuffer packed =
        ByteBuffer.wrap(Base64.getDecoder().decode(node.path("sample").stringValue()));
    int count = packed.remaining() / BYTES_A_TOKEN;
    long[] hashes = new long[count];
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = packed.getLong();
      ids[i] = (packed.get() & 0xff) << 16 | (packed.getShort() & 0xffff);
    }
    List<String> marks = new ArrayList<>();
    node.path("marks").forEach(mark -> marks.add(mark.stringValue()));
    JsonNode parent = node.path("parent");
    return new KnownTokenizer(
        node.path("name").stringValue(),
        node.path("from").stringValue(),
        parent.isString() ? parent.stringValue() : null,
        node.path("size").intValue(),
        node.path("rows").intValue(),
        node.path("zeroBits").intValue(),
        hashes,
        ids,
        marks);
  }
}
