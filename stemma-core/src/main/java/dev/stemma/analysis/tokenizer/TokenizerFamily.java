package dev.stemma.analysis.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tokenizers compared each with each, and the tree that this gives.
 *
 * @param references as the user gave them
 * @param kins each against the known ones
 * @param encodings how each cuts a fixed text
 * @param comparisons a before b, in the order of the references
 */
public record TokenizerFamily(
    List<String> references,
    List<KnownKin> kins,
    List<TextEncoding> encodings,
    List<Compared> comparisons) {
  /** More would be a matrix that nobody reads. */
  public static final int MAXIMUM = 64;

  /** Keeps the lists unmodifiable. */
  public TokenizerFamily {
    references = List.copyOf(references);
    kins = List.copyOf(kins);
    encodings = List.copyOf(encodings);
    comparisons = List.copyOf(comparisons);
  }

  /** A comparison of the members with these numbers. */
  public record Compared(int a, int b, TokenizerComparison comparison) {}

  /**
   * A member's place in the tree.
   *
   * @param parent number of the member it was made from; -1 without one
   * @param ancestor a known tokenizer outside the family that it was made from; null without one
   * @param relation how it stands to its parent; null without one
   */
  public record Place(
      int member, int parent, @Nullable String ancestor, @Nullable TokenizerRelation relation) {}

  /** Compares each with each. */
  public static TokenizerFamily of(
      List<String> references, List<KnownKin> kins, List<TextEncoding> encodings) {
    List<Compared> comparisons = new ArrayList<>();
    for (int a = 0; a < kins.size(); a++) {
      for (int b = a + 1; b < kins.size(); b++) {
        comparisons.add(new Compared(a, b, TokenizerComparison.of(kins.get(a), kins.get(b))));
      }
    }
    return new TokenizerFamily(references, kins, encodings, comparisons);
  }

  /** A warning where a member's name speaks of a known tokenizer that it is not. */
  public Optional<String> warning(int member) {
    return DeclaredName.contradiction(
        references.get(member), kins.get(member).name(), KnownTokenizers.standard());
  }

  /** All warnings, each with the reference that it is about. */
  public List<String> warnings() {
    return IntStream.range(0, references.size())
        .mapToObj(member -> warning(member).map(text -> references.get(member) + ": " + text))
        .flatMap(Optional::stream)
        .toList();
  }

  /** How the two cut a fixed text, by language. */
  public List<TextEncoding.Language> languages(Compared pair) {
    return TextEncoding.compare(encodings.get(pair.a()), encodings.get(pair.b()));
  }

  /** The pair's comparison. */
  public TokenizerComparison between(int a, int b) {
    return comparisons.stream()
        .filter(compared -> compared.a() == a && compared.b() == b)
        .findFirst()
        .orElseThrow()
        .comparison();
  }

  /** Each member under the nearest one it was made from, or under its known ancestor. */
  public List<Place> tree() {
    List<Place> places = new ArrayList<>();
    for (int member = 0; member < kins.size(); member++) {
      places.add(place(member));
    }
    return places;
  }

  private Place place(int member) {
    int parent = -1;
    double nearest = -1;
    @Nullable TokenizerRelation relation = null;
    for (Compared compared : comparisons) {
      if (compared.a() != member && compared.b() != member) {
        continue;
      }
      boolean memberIsB = compared.b() == member;
      int other = memberIsB ? compared.a() : compared.b();
      Kinship kinship = compared.comparison().kinship();
      String asParent = memberIsB ? "a" : "b";
      boolean made =
          kinship.parent().equals(asParent)
              || (kinship.relation().isDerivation()
                  && kinship.parent().equals(Kinship.UNDETERMINED)
                  && other < member);
      double shared = compared.comparison().counts().order().shared();
      if (made && kinship.relation().isDerivation() && shared > nearest) {
        nearest = shared;
        parent = other;
        relation = kinship.relation();
      }
    }
    return new Place(member, parent, parent < 0 ? kins.get(member).ancestor() : null, relation);
  }
}
