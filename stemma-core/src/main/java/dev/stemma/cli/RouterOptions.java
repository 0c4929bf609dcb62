package dev.stemma.cli;

import dev.stemma.analysis.architecture.Folding;
import dev.stemma.analysis.representation.RouterEvidence;
import dev.stemma.analysis.representation.RouterFigures;
import dev.stemma.analysis.representation.TextSet;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.evidence.Figure;
import dev.stemma.report.FiguresPage;
import dev.stemma.report.Texts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code run --router}: how the experts of a mixture of experts are used over a text. */
final class RouterOptions {
  private static final String TITLE = "router.title";

  private static final long MAXIMUM_BYTES = 4L << 20;

  @Option(
      names = "--router",
      description =
          "Show how a mixture of experts spreads the tokens of --prompt, --text or --ids (or 200"
              + " texts of ours) over its experts.")
  boolean router;

  @Option(names = "--text", paramLabel = "FILE", description = "With --router: read this file.")
  @Nullable Path text;

  @Mixin ReportOptions reports = new ReportOptions();

  /** Before any work: formats and language of the reports. */
  void check() {
    reports.check(FiguresPage::check);
  }

  int show(
      LoadedModel loaded,
      @Nullable String prompt,
      List<Integer> ids,
      CommonOptions common,
      PrintWriter out) {
    String reference = loaded.model().model().reference();
    RouterEvidence evidence =
        RouterEvidence.of(loaded.decoder(), reference, texts(loaded, prompt, ids));
    RouterFigures figures = new RouterFigures(evidence);
    String json = figures.json(reference).toString();
    String title = Texts.ENGLISH.get(TITLE, loaded.model().model().name());
    String sentence =
        evidence.tokens()
            + " tokens were read. Entropies are shares of the largest possible: load entropy 1 is"
            + " even use of all experts, routing entropy 1 an undecided router. They describe this"
            + " model on this text, not where it came from.";
    if (common.json) {
      out.println(json);
    } else {
      out.println(title);
      for (Figure figure : figures.all()) {
        Figures.print(out, figure);
      }
      out.println();
      Folding.fold(sentence, Terminal.width()).forEach(out::println);
    }
    reports.write(
        common.quiet,
        (file, texts) ->
            new FiguresPage(
                    texts.get(TITLE, loaded.model().model().name()),
                    figures.all(),
                    List.of(sentence),
                    json)
                .write(file, texts));
    return Main.OK;
  }

  private List<int[]> texts(LoadedModel loaded, @Nullable String prompt, List<Integer> ids) {
    if (!ids.isEmpty()) {
      return List.of(ids.stream().mapToInt(Integer::intValue).toArray());
    }
    List<String> given =
        prompt != null
            ? List.of(prompt)
            : text != null ? List.of(contents(text)) : TextSet.standard();
    return given.stream()
        .map(
            one -> loaded.requireCodec().encode(one).stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  private static String contents(Path file) {
    try {
      if (Files.size(file) > MAXIMUM_BYTES) {
        throw wrong(file, Files.size(file) + " bytes", null);
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw wrong(file, String.valueOf(e), e);
    }
  }

  private static ArtifactException wrong(Path file, String found, @Nullable IOException cause) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        file.toString(),
        "text",
        "a UTF-8 text of at most " + MAXIMUM_BYTES + " bytes",
        found,
        "Give a shorter or readable file.",
        cause);
  }
}
