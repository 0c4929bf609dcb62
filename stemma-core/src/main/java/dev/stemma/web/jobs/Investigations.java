package dev.stemma.web.jobs;

import dev.stemma.GuestAccess;
import dev.stemma.GuestVisit;
import dev.stemma.Investigation;
import dev.stemma.TreeInvestigation;
import dev.stemma.Verification;
import dev.stemma.analysis.Scope;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.catalogue.Catalogue;
import dev.stemma.report.Report;
import dev.stemma.report.Reports;
import dev.stemma.report.Texts;
import dev.stemma.report.ToolVersion;
import dev.stemma.report.TreeReports;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.KinStore;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Does a job's work through the facade, as a guest, and renders every document of the result. */
public final class Investigations implements JobQueue.Work {
  private static final int SHORTLIST = 3;

  private final GuestAccess access;
  private final int threads;
  private final Consumer<Throwable> defects;

  /**
   * Opens nothing yet.
   *
   * @param threads of one job
   * @param defects hears of failures that no input should cause
   */
  public Investigations(GuestAccess access, int threads, Consumer<Throwable> defects) {
    this.access = access;
    this.threads = threads;
    this.defects = defects;
  }

  @Override
  public Outcome run(Job job, JobProgress progress) {
    GuestVisit visit = access.visit();
    JobRequest request = job.request();
    try (Investigation investigation = new Investigation(visit.sources(), threads, progress)) {
      return switch (request.kind()) {
        case COMPARE -> compare(investigation, visit, request);
        case VERIFY -> verify(investigation, visit, request, progress);
        case TREE -> tree(investigation, visit, job, progress);
      };
    } catch (ArtifactException e) {
      throw visit.masked(e);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      defects.accept(e);
      throw e;
    }
  }

  private static Outcome compare(
      Investigation investigation, GuestVisit visit, JobRequest request) {
    Report report =
        investigation.compare(
            new Investigation.Request(
                request.models().get(0),
                request.models().get(1),
                request.controls(),
                request.candidates(),
                new Scope(new TreeSet<>(), request.thorough(), List.of()),
                command(request)));
    return outcome(report, report.a().name() + " / " + report.b().name(), visit);
  }

  private Outcome verify(
      Investigation investigation, GuestVisit visit, JobRequest request, JobProgress progress) {
    Path file = access.catalogue();
    if (file == null) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          "catalogue",
          "",
          "a catalogue",
          "none on this server",
          "Compare with a model that you name.");
    }
    try (Catalogue catalogue = Catalogue.open(file)) {
      Report report =
          new Verification(investigation, catalogue, threads, progress::say)
              .verify(request.models().getFirst(), SHORTLIST, null, command(request))
              .report();
      return outcome(report, report.b().name(), visit);
    }
  }

  /** A tree that lacks a model is not what was asked for. */
  private static FamilyTree whole(TreeInvestigation.Drawn drawn) {
    if (drawn.failed().isEmpty()) {
      return drawn.tree();
    }
    String model = drawn.failed().firstKey();
    throw new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        model,
        "",
        "weights that can be compared with every other model's",
        String.valueOf(drawn.failed().get(model)),
        "Leave it out.");
  }

  private Outcome tree(
      Investigation investigation, GuestVisit visit, Job job, JobProgress progress) {
    List<CanonicalModel> models = job.request().models().stream().map(investigation::open).toList();
    List<String> names = new ArrayList<>();
    for (CanonicalModel model : models) {
      String name = model.model().name();
      int same = 1;
      while (names.contains(same == 1 ? name : name + " (" + same + ")")) {
        same++;
      }
      names.add(same == 1 ? name : name + " (" + same + ")");
    }
    // Pairs are kept until the tree is drawn: a server that dies goes on where it was.
    Path pairs = access.data().resolve("trees").resolve(job.id() + ".jsonl");
    FamilyTree tree;
    try {
      Files.createDirectories(pairs.getParent());
      KinStore store = KinStore.open(pairs, ToolVersion.VERSION);
      tree = whole(TreeInvestigation.of(investigation, progress, store, names, models));
      Files.deleteIfExists(pairs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Document> documents =
        documents(
            List.of("json", "svg", "nwk", "graphml"),
            visit,
            (ending, texts) -> out -> TreeReports.write(tree, "tree." + ending, texts, out));
    return new Outcome(String.join(" / ", names), "", documents);
  }

  private static Outcome outcome(Report report, String title, GuestVisit visit) {
    List<Document> documents =
        documents(
            List.of("json", "cdx.json", "intoto.json"),
            visit,
            (ending, texts) ->
                out -> Reports.forFile(Path.of("report." + ending), texts).write(report, out));
    Verdict verdict = report.verdict();
    return new Outcome(title, verdict == null ? "" : verdict.relation().key(), documents);
  }

  /** In these forms, and for readers in each language. */
  private static List<Document> documents(
      List<String> endings, GuestVisit visit, BiFunction<String, Texts, Reports.Writing> written) {
    List<Document> documents = new ArrayList<>();
    for (String ending : endings) {
      documents.add(document(ending, visit, written.apply(ending, Texts.ENGLISH)));
    }
    for (String language : Texts.LANGUAGES) {
      for (String ending : List.of("html", "md")) {
        documents.add(
            document(language + "." + ending, visit, written.apply(ending, Texts.of(language))));
      }
    }
    return documents;
  }

  private static Document document(String name, GuestVisit visit, Reports.Writing writing) {
    StringBuilder text = new StringBuilder();
    try {
      writing.to(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Document.of(name, visit.masked(text.toString()));
  }

  /** What a reader would type to see the same. */
  private static String command(JobRequest request) {
    StringBuilder command = new StringBuilder("stemma ").append(request.kind().key());
    request.models().forEach(model -> command.append(' ').append(model));
    request.controls().forEach(model -> command.append(" --control ").append(model));
    request.candidates().forEach(model -> command.append(" --candidate ").append(model));
    return command.append(request.thorough() ? " --thorough" : "").toString();
  }
}
