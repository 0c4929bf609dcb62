package dev.stemma.report;

import dev.stemma.artifact.Component;
import dev.stemma.artifact.Printable;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The words of a report in one language, from the resource bundles beside this class. */
public final class Texts {
  /** Languages that have a bundle. */
  public static final List<String> LANGUAGES = List.of("en", "ko");

  /** English. */
  public static final Texts ENGLISH = new Texts(Locale.ENGLISH);

  private static final Pattern PLACE = Pattern.compile("\\{(\\d)\\}");
  private static final Pattern SENTENCE_END =
      Pattern.compile("(?<=[.]) (?=\\p{Lu})| (?=not tested: )");
  private static final Pattern NUMBER =
      Pattern.compile("(?<![\\p{L}\\d])[-+]?\\d+(?:[.,]\\d+)*(?:e[-+]?\\d+)?");

  private final Locale locale;
  private final ResourceBundle bundle;

  /** Asked before the report's own; null for none. */
  private final @Nullable ResourceBundle first;

  /** The judge's fixed sentences by their English wording. */
  private final Map<String, String> sentences = new HashMap<>();

  private Texts(Locale locale) {
    this(locale, null);
  }

  private Texts(Locale locale, @Nullable String more) {
    this.locale = locale;
    this.bundle = bundle("dev.stemma.report.texts", locale);
    this.first = more == null ? null : bundle(more, locale);
    if (!locale.equals(Locale.ENGLISH)) {
      ResourceBundle english = bundle("dev.stemma.verdict.verdict", Locale.ENGLISH);
      ResourceBundle translated = bundle("dev.stemma.verdict.verdict", locale);
      for (String key : english.keySet()) {
        sentences.put(
            english.getString(key).replace("''", "'"),
            translated.getString(key).replace("''", "'"));
      }
    }
  }

  /**
   * Several sentences that the rules wrote in English, each in this language where the bundle knows
   * it: numbers in them stand where its template has places.
   */
  public String sentences(String english) {
    if (locale.equals(Locale.ENGLISH) || english.isBlank()) {
      return english;
    }
    return SENTENCE_END
        .splitAsStream(english)
        .map(sentence -> {
          List<String> found =
              NUMBER.matcher(sentence).results().map(result -> result.group()).toList();
          return sentences.entrySet().stream()
              .filter(known -> known.getKey().contains("{0}"))
              .filter(known -> filled(known.getKey(), found.toArray()).equals(sentence))
              .map(known -> filled(known.getValue(), found.toArray()))
              .findFirst()
              .orElseGet(() -> phrase(sentence));
        })
        .collect(Collectors.joining(" "));
  }

  private static ResourceBundle bundle(String name, Locale locale) {
    return ResourceBundle.getBundle(
        name,
        locale,
        ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
  }

  /** The texts for a language tag such as {@code ko}; English where there is no bundle. */
  public static Texts of(String language) {
    String wanted = Locale.forLanguageTag(language.replace('_', '-')).getLanguage();
    return LANGUAGES.contains(wanted) && !wanted.equals("en")
        ? new Texts(Locale.forLanguageTag(wanted))
        : ENGLISH;
  }

  /** The same language with the texts of a further bundle, which go before these. */
  public Texts with(String furtherBundle) {
    return new Texts(locale, furtherBundle);
  }

  /** The language tag. */
  public String language() {
    return locale.getLanguage();
  }

  /** The text of a key with {@code {0}}, {@code {1}}... filled in. */
  public String get(String key, Object... arguments) {
    return filled(
        (first != null && first.containsKey(key) ? first : bundle).getString(key), arguments);
  }

  /** The text of a key, or another text where the bundle has none. */
  public String getOr(String key, String otherwise, Object... arguments) {
    try {
      return get(key, arguments);
    } catch (MissingResourceException e) {
      return otherwise;
    }
  }

  /**
   * A phrase that an analysis wrote in English (a figure's title, a caveat, a null hypothesis), in
   * this language where the bundle knows it. Numbers in it stay as they are: the bundle's key has
   * {@code #} in their place and words joined by {@code _}.
   */
  public String phrase(String english) {
    if (locale.equals(Locale.ENGLISH) || english.isBlank()) {
      return english;
    }
    String whole = known(english);
    if (whole != null) {
      return whole;
    }
    // A name or another phrase may follow a known phrase.
    for (int colon = english.lastIndexOf(": ");
        colon > 0;
        colon = english.lastIndexOf(": ", colon - 1)) {
      String before = known(english.substring(0, colon));
      if (before != null) {
        return before + ": " + phrase(english.substring(colon + 2));
      }
    }
    return english;
  }

  private @Nullable String known(String english) {
    String sentence = sentences.get(english);
    if (sentence != null) {
      return sentence;
    }
    Matcher numbers = NUMBER.matcher(english);
    List<String> found = numbers.results().map(result -> result.group()).toList();
    String key = "phrase." + numbers.replaceAll("#").strip().replaceAll("[\\s:=]+", "_");
    String known = getOr(key, "");
    if (known.isEmpty()) {
      return null;
    }
    StringBuilder out = new StringBuilder();
    int next = 0;
    for (int index = 0; index < known.length(); index++) {
      char character = known.charAt(index);
      if (character == '#' && next < found.size()) {
        out.append(found.get(next++));
      } else {
        out.append(character);
      }
    }
    return out.toString();
  }

  /**
   * Whether a sentence that the rules wrote (in English, or in this language where they were asked
   * to) can stand in a text of this language.
   */
  public boolean speaks(String sentence) {
    return locale.getLanguage().equals("en")
        || sentence.codePoints().anyMatch(codePoint -> codePoint >= 0x1100);
  }

  /** A component's name, as within a sentence. */
  public String component(Component component) {
    return get("component." + component.key());
  }

  /** A relation's name, two or three words. */
  public String relation(Relation relation) {
    return get("relation." + relation.key());
  }

  /** What a relation means. */
  public String meaning(Relation relation) {
    return get("meaning." + relation.key());
  }

  /** A kind's name. */
  public String kind(Kind kind) {
    return get("kind." + kind.key());
  }

  /** What a kind means, for a newcomer. */
  public String meaning(Kind kind) {
    return get("kind." + kind.key() + ".meaning");
  }

  /** Several kinds in one phrase. */
  public String kinds(List<Kind> kinds) {
    return String.join(", ", kinds.stream().map(this::kind).toList());
  }

  /** Who the parent is. */
  public String parent(Parent parent) {
    return get("parent." + parent.key());
  }

  /** An analysis's heading; its id where the bundle has none. */
  public String analysis(String id) {
    return Character.isLetter(id.isEmpty() ? ' ' : id.charAt(0))
        ? getOr("analysis." + id, Printable.text(id))
        : Printable.text(id);
  }

  /** What an analysis's statistic tells, for a newcomer. */
  public String explanation(String id) {
    int dot = id.indexOf('.');
    String group = dot < 0 ? id : id.substring(0, dot);
    return getOr(
        "analysis." + id + ".why", getOr("analysis-group." + group, get("analysis-group.other")));
  }

  private String filled(String pattern, Object... arguments) {
    if (arguments.length == 0) {
      return pattern;
    }
    Matcher places = PLACE.matcher(pattern);
    StringBuilder out = new StringBuilder();
    while (places.find()) {
      int index = Integer.parseInt(places.group(1));
      String argument = index < arguments.length ? String.valueOf(arguments[index]) : "";
      places.appendReplacement(out, Matcher.quoteReplacement(argument));
    }
    places.appendTail(out);
    return locale.getLanguage().equals("ko")
        ? KoreanParticles.resolve(out.toString())
        : out.toString();
  }
}
