package dev.stemma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.BehaviourStudy;
import dev.stemma.BehaviourTests;
import dev.stemma.Investigation;
import dev.stemma.behaviour.ApiKey;
import dev.stemma.behaviour.Budget;
import dev.stemma.behaviour.Endpoint;
import dev.stemma.behaviour.ExchangeLog;
import dev.stemma.behaviour.Interview;
import dev.stemma.behaviour.OpenAiTarget;
import dev.stemma.behaviour.Opening;
import dev.stemma.behaviour.Probes;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Retries;
import dev.stemma.behaviour.Target;
import dev.stemma.behaviour.Transcript;
import dev.stemma.behaviour.Unanswered;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.lab.Lab;
import dev.stemma.report.JsonReport;
import dev.stemma.report.Report;
import dev.stemma.report.Texts;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.BundledFamily;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The whole study over real HTTP: bundled models behind our own server, a proxy that spoils answers
 * between. {@code child} is alpha with noise, {@code turned} alpha with its hidden space rotated;
 * twin and sameinit are unrelated to it.
 */
class BehaveOverHttpTest {
  private static final String KEY = "sk-never-to-be-seen-4711";
  private static final int PROMPTS = 240;
  private static final Retries QUICK = new Retries(4, Duration.ofMillis(5), Duration.ofSeconds(2));

  @TempDir static Path folder;
  private static Investigation investigation;
  private static final Map<String, CompletionServer> SERVERS = new HashMap<>();
  private static final Map<String, LoadedModel> MODELS = new HashMap<>();

  @BeforeAll
  static void start() throws IOException {
    investigation = new Investigation(Sources.standard(), 1, Progress.NONE);
    for (String name : List.of("alpha", "twin", "sameinit")) {
      Path place = Files.createDirectories(folder.resolve(name));
      Path bundled = Path.of(BundledFamily.model(name));
      for (String file : List.of("config.json", "model.safetensors")) {
        Files.copy(bundled.resolve(file), place.resolve(file));
      }
      Files.writeString(place.resolve("tokenizer.json"), tokenizer());
    }
    for (List<String> words :
        List.of(List.of("noise:0.02", "child"), List.of("rotate", "turned"))) {
      new Lab(investigation::open, investigation.tensors(), Progress.NONE)
          .derive(
              folder.resolve("alpha").toString(),
              words.getFirst(),
              3,
              folder.resolve(words.getLast()),
              List.of(folder.resolve("alpha/tokenizer.json")));
    }
    for (String name : List.of("alpha", "twin", "sameinit", "child", "turned")) {
      LoadedModel model = LoadedModel.open(investigation, folder.resolve(name).toString());
      MODELS.put(name, model);
      SERVERS.put(name, CompletionServer.start(model, 0));
    }
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(CompletionServer::close);
    investigation.close();
  }

  /** Printable ASCII and pairs of letters: the bundled models have no tokenizer of their own. */
  private static String tokenizer() {
    ObjectNode vocabulary = JsonMapper.shared().createObjectNode();
    for (char letter = '!'; letter <= '~'; letter++) {
      vocabulary.put(String.valueOf(letter), vocabulary.size());
    }
    vocabulary.put("\u0120", vocabulary.size());
    for (int pair = 0; vocabulary.size() < 512; pair++) {
      vocabulary.put("" + (char) ('a' + pair / 26) + (char) ('a' + pair % 26), vocabulary.size());
    }
    ObjectNode json = JsonMapper.shared().createObjectNode().put("version", "1.0");
    json.putArray("added_tokens");
    for (String part : List.of("pre_tokenizer", "decoder")) {
      json.putObject(part)
          .put("type", "ByteLevel")
          .put("add_prefix_space", false)
          .put("trim_offsets", true)
          .put("use_regex", true);
    }
    ObjectNode bpe = json.putObject("model").put("type", "BPE");
    bpe.set("vocab", vocabulary);
    bpe.putArray("merges");
    return json.toString();
  }

  private static Target endpoint(String reference) {
    return endpoint(reference, Duration.ofMinutes(2));
  }

  private static Target endpoint(String reference, Duration timeout) {
    Endpoint endpoint = Endpoint.parse(reference);
    return new OpenAiTarget(
        endpoint,
        ApiKey.of(Map.of("OPENAI_API_KEY", KEY), endpoint.base(), true),
        new OpenAiTarget.Manners(QUICK, timeout, 8));
  }

  private static CompletionServer server(String name) {
    return Objects.requireNonNull(SERVERS.get(name));
  }

  private static Target served(String name) {
    return endpoint("openai:" + server(name).baseUrl() + "#" + name);
  }

  private static Target local(String name) {
    return BehaveCommand.local(
        Objects.requireNonNull(MODELS.get(name)), folder.resolve(name).toString(), 2);
  }

  private static String upstream(String name) {
    String base = server(name).baseUrl();
    return base.substring(0, base.length() - "/v1".length());
  }

  private static Report study(
      Transcript transcript,
      int prompts,
      String tests,
      Target target,
      Target x,
      Target... controls) {
    BehaviourTests chosen =
        BehaviourTests.of(tests.isEmpty() ? Set.of() : Set.of(tests), BehaviourTests.Material.NONE);
    return new BehaviourStudy(
            new Interview(transcript, new Budget(Long.MAX_VALUE, Long.MAX_VALUE), false),
            Progress.NONE)
        .run(
            new BehaviourStudy.Request(
                target,
                List.of(x),
                List.of(controls),
                prompts,
                chosen.analyses(),
                chosen.notAsked(),
                "test"));
  }

  private static Measured measured(Report report, String id) {
    return report.evidence().stream()
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .filter(found -> found.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(id + " in " + report.evidence()));
  }

  private static Relation relation(Report report) {
    return Objects.requireNonNull(report.verdict()).relation();
  }

  @Test
  void aChildIsFoundOverHttpAndAnUnrelatedModelIsNot() {
    Report child =
        study(Transcript.none(), PROMPTS, "", served("child"), served("alpha"), served("twin"));
    assertThat(relation(child)).isEqualTo(Relation.AFFINITY);
    assertThat(measured(child, "behaviour.next-token").log10p()).isLessThan(-6);
    Report unrelated =
        study(Transcript.none(), PROMPTS, "", served("sameinit"), served("alpha"), served("twin"));
    assertThat(relation(unrelated)).isEqualTo(Relation.NO_EVIDENCE);
    assertThat(Objects.requireNonNull(unrelated.verdict()).components().getFirst().power())
        .isNotBlank();
  }

  @Test
  void everySentenceIsAlsoKorean() {
    Texts korean = Texts.of("ko");
    for (String tests : List.of("draws", "output-layer", "style")) {
      Report report =
          study(Transcript.none(), 60, tests, local("child"), local("alpha"), local("twin"));
      for (Evidence evidence : report.evidence()) {
        if (evidence instanceof Measured found) {
          assertThat(found.caveats()).allMatch(said -> korean.speaks(korean.phrase(said)));
          assertThat(korean.speaks(korean.phrase(found.statistic().name()))).isTrue();
          assertThat(found.figures())
              .allMatch(figure -> korean.speaks(korean.phrase(figure.title())));
        }
      }
      assertThat(report.everythingNotTested())
          .allMatch(item -> korean.speaks(korean.phrase(item.why())));
    }
  }

  /** What the wire does to answers changes neither figures nor verdict; empty ones are missing. */
  @Test
  void faultsOnTheWireChangeNothing() throws IOException {
    Report clean =
        study(Transcript.none(), PROMPTS, "", served("child"), local("alpha"), local("twin"));
    List<FaultyProxy.Fault> passing =
        List.of(
            FaultyProxy.Fault.NONE,
            FaultyProxy.Fault.TOO_MANY_REQUESTS,
            FaultyProxy.Fault.SERVER_ERROR,
            FaultyProxy.Fault.CUT,
            FaultyProxy.Fault.MALFORMED);
    try (FaultyProxy proxy =
        new FaultyProxy(upstream("child"), passing, UnaryOperator.identity())) {
      Report spoiled =
          study(
              Transcript.none(),
              PROMPTS,
              "",
              endpoint(proxy.reference() + "child"),
              local("alpha"),
              local("twin"));
      assertThat(proxy.spoiled()).isGreaterThan(PROMPTS / 2);
      assertThat(measured(spoiled, "behaviour.next-token").statistic())
          .isEqualTo(measured(clean, "behaviour.next-token").statistic());
      assertThat(measured(spoiled, "behaviour.next-token").log10p())
          .isEqualTo(measured(clean, "behaviour.next-token").log10p());
    }
  }

  /** Two models that answer nothing do not agree. */
  @Test
  void emptyRepliesAreNoAgreement() throws IOException {
    try (FaultyProxy one =
            new FaultyProxy(
                upstream("child"), List.of(FaultyProxy.Fault.EMPTY), UnaryOperator.identity());
        FaultyProxy other =
            new FaultyProxy(
                upstream("alpha"), List.of(FaultyProxy.Fault.EMPTY), UnaryOperator.identity())) {
      Report report =
          study(
              Transcript.none(),
              60,
              "",
              endpoint(one.reference() + "child"),
              endpoint(other.reference() + "alpha"),
              local("twin"));
      assertThat(relation(report)).isNotEqualTo(Relation.AFFINITY);
      assertThat(report.evidence())
          .anyMatch(found ->
              found instanceof NotApplicable missing
                  && missing.id().equals("behaviour.next-token"));
    }
    List<FaultyProxy.Fault> some =
        List.of(FaultyProxy.Fault.EMPTY, FaultyProxy.Fault.NONE, FaultyProxy.Fault.NONE);
    try (FaultyProxy proxy = new FaultyProxy(upstream("child"), some, UnaryOperator.identity())) {
      Measured found =
          measured(
              study(
                  Transcript.none(),
                  PROMPTS,
                  "",
                  endpoint(proxy.reference() + "child"),
                  local("alpha"),
                  local("twin")),
              "behaviour.next-token");
      assertThat(found.statistic().of()).isLessThan(0.8 * PROMPTS);
      assertThat(found.log10p()).isLessThan(-6);
    }
  }

  /** A run that ended in the middle asks the rest alone, and comes to the same. */
  @Test
  void aRunGoesOnFromItsTranscriptAndShowsNoKey() throws IOException {
    Path file = folder.resolve("resumed.jsonl");
    try (FaultyProxy proxy =
        new FaultyProxy(
            upstream("child"),
            List.of(FaultyProxy.Fault.NONE, FaultyProxy.Fault.SERVER_ERROR),
            UnaryOperator.identity())) {
      Target target = endpoint(proxy.reference() + "child");
      try (Transcript transcript = Transcript.open(file)) {
        study(transcript, 100, "", target, local("alpha"), local("twin"));
      }
      int half = proxy.requests();
      assertThat(proxy.authorised()).isEqualTo(half);
      Report resumed;
      try (Transcript transcript = Transcript.open(file)) {
        resumed = study(transcript, 200, "", target, local("alpha"), local("twin"));
      }
      // The first hundred are not asked again: two askings of a hundred more, some tries failing.
      assertThat(proxy.requests() - half).isBetween(200, 320);
      int before = proxy.requests();
      try (Transcript transcript = Transcript.open(file)) {
        Report again = study(transcript, 200, "", target, local("alpha"), local("twin"));
        assertThat(again.evidence().stream().map(Evidence::toString))
            .isEqualTo(resumed.evidence().stream().map(Evidence::toString).toList());
        StringBuilder json = new StringBuilder();
        new JsonReport().write(again, json);
        assertThat(json.toString()).doesNotContain(KEY);
      }
      assertThat(proxy.requests()).isEqualTo(before);
    }
    assertThat(Files.readString(file)).contains("\"status\":500").doesNotContain(KEY);
  }

  @Test
  void theOutputLayerIsToldFromOthers() {
    Report own =
        study(
            Transcript.none(), 60, "output-layer", local("alpha"), local("turned"), local("twin"));
    assertThat(measured(own, "behaviour.output-rank").value("rank", 0)).isEqualTo(128);
    assertThat(measured(own, "behaviour.output-image").value("same", 0)).isEqualTo(1);
    Report other =
        study(
            Transcript.none(),
            60,
            "output-layer",
            local("alpha"),
            local("sameinit"),
            local("twin"));
    assertThat(measured(other, "behaviour.output-image").value("same", 1)).isZero();
    assertThat(measured(other, "behaviour.output-image").statistic().value()).isGreaterThan(0.1);
    Report overHttp =
        study(
            Transcript.none(), 60, "output-layer", served("alpha"), local("child"), local("twin"));
    assertThat(overHttp.evidence())
        .anyMatch(found ->
            found instanceof NotApplicable missing
                && missing.id().equals("behaviour.output-image")
                && missing.why().contains("20 log-probabilities"));
  }

  /** What the child itself wrote is familiar to it; what others were asked is not. */
  @Test
  void textsAreReadOverHttpAndTheirOrderIsRemembered() throws Exception {
    List<String> openings =
        Probes.openings().stream()
            .filter(opening -> opening.language().equals("en"))
            .map(Opening::text)
            .toList();
    List<String> own = written("child", openings.subList(0, 24));
    List<String> other = written("twin", openings.subList(24, 48));
    Report found = texts(served("child"), own, other);
    Measured overlap = measured(found, "behaviour.training-overlap");
    assertThat(overlap.log10p()).isLessThan(-3);
    assertThat(overlap.statistic().value()).isGreaterThan(0.8);
    Measured neither =
        measured(
            texts(served("child"), openings.subList(100, 130), openings.subList(130, 160)),
            "behaviour.training-overlap");
    assertThat(neither.log10p()).isGreaterThan(-2);
    // The order in which the child finds texts likelier than twin does, rising and falling.
    List<Double> gains = new ArrayList<>();
    for (String text : openings.subList(0, 40)) {
      gains.add(likelihood("child", text) - likelihood("twin", text));
    }
    assertThat(relation(order(openings.subList(0, 40), gains))).isEqualTo(Relation.AFFINITY);
    Report falling = order(openings.subList(0, 40), gains.stream().map(gain -> -gain).toList());
    assertThat(relation(falling)).isNotEqualTo(Relation.AFFINITY);
    assertThat(measured(falling, "behaviour.training-order").statistic().value()).isLessThan(-0.9);
  }

  private static List<String> written(String name, List<String> starts) throws Unanswered {
    List<String> texts = new ArrayList<>();
    for (String start : starts) {
      texts.add(local(name).ask(Question.greedy(start, 24), ExchangeLog.NONE).text());
    }
    return texts;
  }

  private static double likelihood(String name, String text) throws Unanswered {
    return local(name)
        .ask(
            Question.greedy(text, 0).withLogprobs(1).ofPrompt(Question.OfPrompt.ECHO),
            ExchangeLog.NONE)
        .choices()
        .getFirst()
        .tokens()
        .stream()
        .filter(token -> token.logprob() != null)
        .mapToDouble(token -> Objects.requireNonNull(token.logprob()))
        .average()
        .orElseThrow();
  }

  private static Report texts(Target target, List<String> texts, List<String> controls)
      throws IOException {
    return material(
        target,
        "overlap",
        new BehaviourTests.Material(
            lines("texts", texts, List.of()),
            lines("others", controls, List.of()),
            null,
            null,
            null));
  }

  private static Report order(List<String> texts, List<Double> places) throws IOException {
    return material(
        served("child"),
        "order",
        new BehaviourTests.Material(null, null, lines("order", texts, places), null, null));
  }

  private static Report material(Target target, String test, BehaviourTests.Material material) {
    BehaviourTests chosen = BehaviourTests.of(Set.of(test), material);
    return new BehaviourStudy(
            new Interview(Transcript.none(), new Budget(Long.MAX_VALUE, Long.MAX_VALUE), false),
            Progress.NONE)
        .run(
            new BehaviourStudy.Request(
                target,
                List.of(local("alpha")),
                List.of(served("twin")),
                0,
                chosen.analyses(),
                chosen.notAsked(),
                "test"));
  }

  private static Path lines(String name, List<String> texts, List<Double> places)
      throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < texts.size(); i++) {
      ObjectNode line = JsonMapper.shared().createObjectNode().put("text", texts.get(i));
      if (!places.isEmpty()) {
        line.put("position", places.get(i));
      }
      lines.append(line).append('\n');
    }
    return Files.writeString(folder.resolve(name + ".jsonl"), lines);
  }
}
