package dev.stemma.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Questions are recorded, commands are not: measured on our own labelled sentences. */
class QuestionRulesTest {
  record Labelled(boolean question, boolean mendedOn, String text) {}

  static List<Labelled> sentences() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(QuestionRulesTest.class.getResourceAsStream("questions.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .map(line -> line.split("\t", 3))
          .map(part -> new Labelled(part[0].equals("q"), part[1].equals("a"), part[2]))
          .toList();
    }
  }

  @Test
  void mostSentencesAreToldApart() throws IOException {
    List<String> wrong = new ArrayList<>();
    int[][] right = new int[2][2];
    for (Labelled one : sentences()) {
      QuestionRules.Finding finding = QuestionRules.standard().of(one.text());
      int part = one.mendedOn() ? 0 : 1;
      right[part][1]++;
      if (finding.question() == one.question()) {
        right[part][0]++;
      } else {
        wrong.add((one.mendedOn() ? "a " : "b ") + one.text() + " [" + finding.rule() + "]");
      }
    }
    String figures =
        "mended on: %d of %d, others: %d of %d; wrong: %s"
            .formatted(
                right[0][0], right[0][1], right[1][0], right[1][1], String.join("\n", wrong));
    System.out.println(figures);
    assertThat(right[0][1] + right[1][1]).isGreaterThanOrEqualTo(120);
    assertThat(right[0][0]).as(figures).isGreaterThanOrEqualTo(right[0][1] * 98 / 100);
    assertThat(right[1][0]).as(figures).isGreaterThanOrEqualTo(right[1][1] * 90 / 100);
  }

  @Test
  void everyRuleDecidesItsExample() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(QuestionRules.class.getResourceAsStream("question-rules.json"))) {
      for (JsonNode rule : JsonMapper.shared().readTree(in).get("rules")) {
        assertThat(QuestionRules.standard().of(rule.get("example").stringValue()).rule())
            .isEqualTo(rule.get("id").stringValue());
      }
    }
  }

  @Test
  void aTextIsAQuestionWhereOneOfItsSentencesIs() {
    QuestionRules rules = QuestionRules.standard();
    assertThat(rules.of("Commit this. Why is the cosine so high?").question()).isTrue();
    assertThat(rules.of("/save why is that?").question()).isFalse();
    assertThat(rules.of("").question()).isFalse();
    assertThat(rules.of("?".repeat(100_000)).rule()).isNotNull();
    assertThat(rules.of("해줘 ".repeat(50_000)).question()).isFalse();
  }

  @Test
  void topicsAreTheUsersSix() {
    QuestionRules rules = QuestionRules.standard();
    assertThat(rules.topic("Tokenizer의 BPE 병합 규칙은?")).contains(Topic.TOKENIZER);
    assertThat(rules.topic("How do the experts of an MoE router differ?")).contains(Topic.MOE);
    assertThat(rules.topic("Solar-Open-100B의 판정은?")).contains(Topic.CASES);
    assertThat(rules.topic("cosine similarity of weight tensors")).contains(Topic.WEIGHTS);
    assertThat(rules.topic("LLM이 from scratch로 학습되었는지 검증")).contains(Topic.VERIFICATION);
    assertThat(rules.topic("RoPE와 GQA 설정")).contains(Topic.ARCHITECTURE);
    assertThat(rules.topic("what is for lunch")).isEqualTo(Optional.empty());
  }
}
