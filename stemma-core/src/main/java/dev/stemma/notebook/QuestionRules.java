package dev.stemma.notebook;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The user's table: questions are recorded, commands are not. Which words make which stands in
 * {@code question-rules.json}, Korean and English; the first rule that fits a sentence decides it.
 */
public final class QuestionRules {
  private static final int MOST_SENTENCES = 60;
  private static final int LONGEST = 8000;
  private static final Pattern SENTENCES =
      Pattern.compile("(?<=[?？!！。])\\s+|(?<=[.])\\s+(?=\\P{Ll})|\\n+");
  private static final QuestionRules STANDARD = read();

  private record Rule(String id, boolean question, Pattern pattern) {}

  private record Words(Topic topic, List<Pattern> words) {}

  private final List<Rule> rules;
  private final List<Words> topics;

  private QuestionRules(List<Rule> rules, List<Words> topics) {
    this.rules = rules;
    this.topics = topics;
  }

  /**
   * What a text is.
   *
   * @param rule the id of the rule that decided
   * @param topic the one of the six that it is about; none where no word of theirs occurs
   */
  public record Finding(boolean question, String rule, Optional<Topic> topic) {}

  /** Those that ship. */
  public static QuestionRules standard() {
    return STANDARD;
  }

  /** A text is a question where one of its sentences is. */
  public Finding of(String raw) {
    String text = Normalizer.normalize(raw, Normalizer.Form.NFC).strip();
    if (text.length() > LONGEST) {
      text = text.substring(0, LONGEST);
    }
    Rule decided = null;
    int sentences = 0;
    for (String sentence : SENTENCES.split(text, -1)) {
      String one = sentence.strip().replaceAll("^[\"'“‘(]+|[\"'”’)]+$", "").strip();
      if (one.isEmpty() || ++sentences > MOST_SENTENCES) {
        continue;
      }
      Rule rule = rule(one);
      if (decided == null || (rule != null && rule.question() && !decided.question())) {
        decided = rule;
      }
      if (decided != null && decided.id().equals("client-command")) {
        break;
      }
    }
    return decided == null
        ? new Finding(false, "none", topic(text))
        : new Finding(decided.question(), decided.id(), topic(text));
  }

  private @org.jspecify.annotations.Nullable Rule rule(String sentence) {
    return rules.stream()
        .filter(rule -> rule.pattern().matcher(sentence).find())
        .findFirst()
        .orElse(null);
  }

  /** The topic with most words in the text; of two with as many the more special one. */
  public Optional<Topic> topic(String text) {
    Topic best = null;
    long most = 0;
    for (Words words : topics) {
      long found = words.words().stream().filter(word -> word.matcher(text).find()).count();
      if (found > most) {
        most = found;
        best = words.topic();
      }
    }
    return Optional.ofNullable(best);
  }

  private static QuestionRules read() {
    try (InputStream in =
        Objects.requireNonNull(QuestionRules.class.getResourceAsStream("question-rules.json"))) {
      JsonNode json = JsonMapper.shared().readTree(in);
      List<Rule> rules = new ArrayList<>();
      for (JsonNode rule : json.get("rules")) {
        rules.add(
            new Rule(
                rule.get("id").stringValue(),
                rule.get("is").stringValue().equals("question"),
                pattern(rule.get("pattern").stringValue())));
      }
      List<Words> topics = new ArrayList<>();
      for (JsonNode topic : json.get("topics")) {
        List<Pattern> words = new ArrayList<>();
        topic.get("words").forEach(word -> words.add(pattern(word.stringValue())));
        topics.add(new Words(Topic.of(topic.get("topic").stringValue()).orElseThrow(), words));
      }
      return new QuestionRules(List.copyOf(rules), List.copyOf(topics));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Pattern pattern(String text) {
    return Pattern.compile(text, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }
}
