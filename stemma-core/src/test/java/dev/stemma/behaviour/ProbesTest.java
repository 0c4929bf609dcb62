package dev.stemma.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbesTest {
  private static final String OPENING = "{\"language\":\"en\",\"text\":\"The road to\"}\n";

  @TempDir Path folder;

  @Test
  void openingsAreThreeThousandDistinctOnesInFourLanguages() {
    List<Opening> openings = Probes.openings();
    Map<String, Long> counts =
        openings.stream().collect(Collectors.groupingBy(Opening::language, Collectors.counting()));
    assertThat(counts)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("en", 1_500L, "ko", 600L, "zh", 500L, "code", 400L));
    assertThat(openings.stream().map(Opening::text)).doesNotHaveDuplicates();
    assertThat(openings)
        .allSatisfy(
            opening -> assertThat(opening.text()).isEqualTo(opening.text().strip()).isNotEmpty());
  }

  @Test
  void openingsHoldOnlyTheirLanguagesScript() {
    assertThat(Probes.openings())
        .allSatisfy(opening -> {
          boolean hangul = opening.text().matches("(?s).*\\p{IsHangul}.*");
          boolean han = opening.text().matches("(?s).*\\p{IsHan}.*");
          assertThat(hangul).isEqualTo(opening.language().equals("ko"));
          assertThat(han).isEqualTo(opening.language().equals("zh"));
          assertThat(opening.text()).doesNotContain("\uFFFD").doesNotContain("⏎");
          if (!opening.language().equals("code")) {
            assertThat(opening.text()).doesNotContain("{").doesNotContain("}");
          }
        });
  }

  @Test
  void anyFirstPartOfTheOpeningsHoldsAllLanguages() {
    assertThat(Probes.openings().subList(0, 100).stream().map(Opening::language).distinct())
        .hasSize(4);
  }

  @Test
  void theFileIsWhatTheGeneratorMakes() throws IOException {
    assertThat(OpeningsGenerator.lines())
        .isEqualTo(new String(ProbeFiles.bytes("openings.jsonl"), StandardCharsets.UTF_8));
  }

  @Test
  void fortyEightMonthsAndMoreHaveTenQuestionsEach() {
    Map<YearMonth, Long> counts =
        Probes.datedQuestions().stream()
            .collect(
                Collectors.groupingBy(DatedQuestion::month, TreeMap::new, Collectors.counting()));
    assertThat(counts).hasSizeGreaterThanOrEqualTo(48);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isGreaterThanOrEqualTo(10));
    YearMonth next = YearMonth.of(2021, 1);
    for (YearMonth month : counts.keySet()) {
      assertThat(month).isEqualTo(next);
      next = next.plusMonths(1);
    }
  }

  @Test
  void noQuestionHoldsItsAnswerAndEachNamesASourceOfItsMonth() {
    assertThat(Probes.datedQuestions())
        .allSatisfy(question -> {
          assertThat(question.question()).endsWith("?");
          assertThat(question.source()).contains(question.month() + "-");
          assertThat(question.answers()).doesNotHaveDuplicates();
          for (String answer : question.answers()) {
            assertThat(answer).isEqualTo(answer.strip());
            Pattern whole =
                Pattern.compile(
                    "(?<!\\w)" + Pattern.quote(answer) + "(?!\\w)",
                    Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
            assertThat(whole.matcher(question.question()).find()).as(answer).isFalse();
          }
        });
  }

  @Test
  void identityQuestionsAreInThreeLanguagesAndNamesAreDistinct() {
    assertThat(Probes.identityQuestions()).hasSizeGreaterThanOrEqualTo(20);
    assertThat(Probes.identityQuestions().stream().map(IdentityQuestion::language).distinct())
        .containsExactlyInAnyOrder("en", "ko", "zh");
    assertThat(Probes.identityNames().stream().map(IdentityName::maker)).doesNotHaveDuplicates();
    HashSet<String> spellings = new HashSet<>();
    for (IdentityName name : Probes.identityNames()) {
      HashSet<String> own = new HashSet<>(name.families());
      own.addAll(name.aliases());
      own.add(name.maker());
      assertThat(own).allSatisfy(spelling -> assertThat(spellings.add(spelling)).isTrue());
      assertThat(name.families()).isNotEmpty();
    }
  }

  @Test
  void usersFilesOfTheSameFormatAreRead() throws IOException {
    Path openings = write("\n" + OPENING + "{\"language\":\"ko\",\"text\":\"그는\",\"more\":1}\r\n");
    assertThat(Probes.openings(openings))
        .containsExactly(
            new Opening("en", "line 2", "The road to"), new Opening("ko", "line 3", "그는"));
    Path questions =
        write(
            "{\"month\":\"2031-02\",\"question\":\"Who won?\",\"answers\":[\"We\"],"
                + "\"source\":\"us\"}");
    assertThat(Probes.datedQuestions(questions))
        .singleElement()
        .satisfies(question -> assertThat(question.answers()).containsExactly("We"));
  }

  @Test
  void whatIsWrongWithAnOpeningsFileIsATypedError() throws IOException {
    refusesOpenings(OPENING + OPENING, ErrorCode.DUPLICATE_NAME, "line 2");
    refusesOpenings("{\"language\":\"en\",\"text\":\"The \"}", ErrorCode.BAD_ARGUMENT, "line 1");
    refusesOpenings("{\"language\":\"en\",\"text\":\" \"}", ErrorCode.BAD_ARGUMENT, "line 1");
    refusesOpenings("{\"language\":\"en\"}", ErrorCode.BAD_ARGUMENT, "line 1");
    refusesOpenings("{\"language\":\"en\",\"text\":7}", ErrorCode.BAD_ARGUMENT, "line 1");
    refusesOpenings("[1]", ErrorCode.MALFORMED_JSON, "line 1");
    refusesOpenings(OPENING + "{\"language\"", ErrorCode.MALFORMED_JSON, "line 2");
    refusesOpenings("{\"text\":\"a\",\"text\":\"b\"}", ErrorCode.DUPLICATE_NAME, "line 1");
    refusesOpenings("[".repeat(1_000), ErrorCode.MALFORMED_JSON, "line 1");
    refusesOpenings("", ErrorCode.BAD_ARGUMENT, "");
    refusesOpenings("x".repeat(70_000), ErrorCode.HEADER_TOO_LARGE, "line 1");
    refusesOpenings("\n".repeat(200_001), ErrorCode.TOO_MANY_ENTRIES, "line 200001");
    String text = "{\"language\":\"en\",\"text\":\"" + "y".repeat(9_000) + "\"}";
    refusesOpenings(text, ErrorCode.BAD_ARGUMENT, "line 1");
  }

  @Test
  void bytesThatAreNoTextAFolderAndAMissingFileAreTypedErrors() throws IOException {
    Path file = folder.resolve("latin1");
    Files.write(
        file, "{\"language\":\"en\",\"text\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
    refused(file, ErrorCode.MALFORMED_JSON, "line 1");
    refused(folder, ErrorCode.UNREADABLE, "");
    refused(folder.resolve("absent"), ErrorCode.NOT_FOUND, "");
  }

  @Test
  void whatIsWrongWithAQuestionsFileIsATypedError() throws IOException {
    for (String month : List.of("2024-13", "2024", "May 2024", "2024-1", "")) {
      refusesQuestions("\"" + month + "\"", "[\"a\"]");
    }
    refusesQuestions("5", "[\"a\"]");
    for (String answers : List.of("[]", "[\"\"]", "[1]", "\"a\"", "null", "[null]")) {
      refusesQuestions("\"2024-01\"", answers);
    }
  }

  private void refusesQuestions(String month, String answers) throws IOException {
    Path file =
        write(
            "{\"month\":"
                + month
                + ",\"question\":\"q\",\"answers\":"
                + answers
                + ",\"source\":\"s\"}");
    assertThatThrownBy(() -> Probes.datedQuestions(file))
        .isInstanceOfSatisfying(
            ArtifactException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_ARGUMENT));
  }

  private void refusesOpenings(String text, ErrorCode code, String place) throws IOException {
    refused(write(text), code, place);
  }

  private static void refused(Path file, ErrorCode code, String place) {
    assertThatThrownBy(() -> Probes.openings(file))
        .isInstanceOfSatisfying(
            ArtifactException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e).hasMessageContaining(place).hasMessageContaining(file.toString());
            });
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("probes.jsonl"), text);
  }
}
