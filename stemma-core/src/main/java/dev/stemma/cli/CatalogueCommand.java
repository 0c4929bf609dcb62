package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.catalogue.Catalogue;
import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.catalogue.CatalogueExchange;
import dev.stemma.catalogue.Fingerprinting;
import dev.stemma.catalogue.Recipe;
import dev.stemma.catalogue.Search;
import dev.stemma.catalogue.SigningKeys;
import dev.stemma.report.Texts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma catalogue}: known models. */
@Command(
    name = "catalogue",
    description = "Known models: add, list, search, exchange.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CatalogueCommand.Add.class,
      CatalogueCommand.Build.class,
      CatalogueCommand.Update.class,
      CatalogueCommand.Remove.class,
      CatalogueCommand.ListAll.class,
      CatalogueCommand.Nearest.class,
      CatalogueCommand.Export.class,
      CatalogueCommand.Import.class,
      CatalogueCommand.Merge.class,
      CatalogueCommand.Stats.class,
      CatalogueCommand.Key.class
    },
    footer = {
      "",
      "Examples:",
      "  stemma catalogue add ./model-a ./model-b",
      "  stemma catalogue build maven-central",
      "  stemma catalogue search ./suspect",
      "  stemma catalogue key team && stemma catalogue export k.jsonl --sign team.key",
      "  stemma catalogue import k.jsonl --trust team.pub"
    })
final class CatalogueCommand {
  /** What all subcommands have. */
  abstract static class Sub implements Callable<Integer> {
    @Mixin CatalogueOptions catalogues = new CatalogueOptions();

    @Mixin CommonOptions common = new CommonOptions();

    @Spec CommandSpec spec = CommandSpec.create();

    PrintWriter out() {
      return spec.commandLine().getOut();
    }

    ObjectNode json() {
      return JsonMapper.shared().createObjectNode().put("schema", CatalogueExchange.SCHEMA);
    }

    /** Prints one of two: a sentence, or a document. */
    int say(String sentence, ObjectNode json) {
      out().println(common.json ? json.toString() : sentence);
      return Main.OK;
    }

    /** Adds models one by one; one that cannot be read is reported, and the rest goes on. */
    int add(List<String> references) {
      ObjectNode json = json();
      ArrayNode added = json.putArray("added");
      ArrayNode failed = json.putArray("failed");
      try (Investigation investigation = common.investigation();
          Catalogue catalogue = catalogues.open()) {
        for (String given : references) {
          String reference = CatalogueOptions.reference(given);
          try {
            CanonicalModel model = investigation.open(reference);
            CatalogueEntry entry =
                CatalogueEntry.of(
                    model,
                    reference,
                    Fingerprinting.of(model, investigation.tensors(), common.threads));
            catalogue.put(entry);
            CatalogueOutput.entry(added.addObject(), entry);
            if (!common.json) {
              out().println("added " + reference);
              out().flush();
            }
          } catch (ArtifactException e) {
            failed.addObject().put("reference", reference).put("error", e.getMessage());
            spec.commandLine().getErr().println("stemma: " + e.getMessage());
          }
        }
      }
      if (common.json) {
        out().println(json);
      }
      return failed.isEmpty() ? Main.OK : Main.BAD_INPUT;
    }
  }

  /** {@code add}. */
  @Command(
      name = "add",
      description = "Fingerprints models and adds them; one added before is made anew.",
      footer = {"", "Example:", "  stemma catalogue add ./model maven:group:artifact:1.0"})
  static final class Add extends Sub {
    @Parameters(paramLabel = "MODEL", arity = "1..*", description = "Paths or references.")
    List<String> models = new ArrayList<>();

    @Override
    public Integer call() {
      return add(models);
    }
  }

  /** {@code build}. */
  @Command(
      name = "build",
      description = "Adds every model of a recipe; what cannot be read is reported.",
      footer = {
        "",
        "A recipe is a file with one reference a line (# begins a comment), or " + Recipe.SHIPPED,
        "Example:",
        "  stemma catalogue build maven-central"
      })
  static final class Build extends Sub {
    @Parameters(paramLabel = "RECIPE", description = "A file, or " + Recipe.SHIPPED + ".")
    String recipe = "";

    @Override
    public Integer call() {
      return add(Recipe.read(recipe));
    }
  }

  /** {@code update}. */
  @Command(
      name = "update",
      description = "Fingerprints known models again (default: all).",
      footer = {"", "Example:", "  stemma catalogue update ./model"})
  static final class Update extends Sub {
    @Parameters(paramLabel = "MODEL", arity = "0..*", description = "References.")
    List<String> models = new ArrayList<>();

    @Override
    public Integer call() {
      List<String> references = new ArrayList<>();
      try (Catalogue catalogue = catalogues.open()) {
        if (models.isEmpty()) {
          catalogue.forEach(entry -> references.add(entry.reference()));
        }
        for (String model : models) {
          references.add(known(catalogue, model).reference());
        }
      }
      return add(references);
    }
  }

  private static CatalogueEntry known(Catalogue catalogue, String model) {
    return catalogue
        .find(CatalogueOptions.reference(model))
        .or(() -> catalogue.find(model))
        .orElseThrow(() ->
            new ArtifactException(
                ErrorCode.NOT_FOUND,
                catalogue.file().toString(),
                model,
                "the reference of a known model",
                "none with it",
                "stemma catalogue list --json shows all references."));
  }

  /** {@code remove}. */
  @Command(
      name = "remove",
      description = "Takes models away.",
      footer = {"", "Example:", "  stemma catalogue remove ./model"})
  static final class Remove extends Sub {
    @Parameters(paramLabel = "MODEL", arity = "1..*", description = "References.")
    List<String> models = new ArrayList<>();

    @Override
    public Integer call() {
      try (Catalogue catalogue = catalogues.open()) {
        ObjectNode json = json();
        ArrayNode removed = json.putArray("removed");
        for (String model : models) {
          String reference = known(catalogue, model).reference();
          catalogue.remove(reference);
          removed.add(reference);
        }
        return say("removed " + removed.size(), json);
      }
    }
  }

  /** {@code list}. */
  @Command(
      name = "list",
      description = "Lists known models.",
      footer = {"", "Example:", "  stemma catalogue list --json"})
  static final class ListAll extends Sub {
    @Override
    public Integer call() {
      try (Catalogue catalogue = catalogues.open()) {
        if (common.json) {
          ObjectNode json = json();
          ArrayNode models = json.putArray("models");
          catalogue.forEach(entry -> CatalogueOutput.entry(models.addObject(), entry));
          out().println(json);
        } else {
          List<CatalogueEntry> entries = new ArrayList<>();
          catalogue.forEach(entries::add);
          CatalogueOutput.list(out(), entries);
        }
      }
      return Main.OK;
    }
  }

  /** {@code search}. */
  @Command(
      name = "search",
      description = "The known models nearest to one by fingerprint; stemma verify compares too.",
      footer = {"", "Example:", "  stemma catalogue search ./suspect --top 5"})
  static final class Nearest extends Sub {
    @Parameters(paramLabel = "MODEL", description = "A path or reference.")
    String model = "";

    @Option(
        names = "--top",
        paramLabel = "N",
        description = "How many, 1 to 1000 (default: ${DEFAULT-VALUE}).")
    int top = 10;

    @Override
    public Integer call() {
      if (top < 1 || top > 1000) {
        throw new picocli.CommandLine.ParameterException(
            spec.commandLine(), "--top: expected 1 to 1000, found " + top);
      }
      try (Investigation investigation = common.investigation();
          Catalogue catalogue = catalogues.open()) {
        String reference = CatalogueOptions.reference(model);
        List<Search.Hit> hits =
            Search.nearest(
                catalogue,
                Fingerprinting.of(
                    investigation.open(reference), investigation.tensors(), common.threads),
                top,
                common.threads);
        if (common.json) {
          ObjectNode json = JsonMapper.shared().createObjectNode();
          json.put("schema", "stemma.search/1").put("model", reference);
          json.put("models", catalogue.size());
          ArrayNode nearest = json.putArray("nearest");
          for (Search.Hit hit : hits) {
            CatalogueOutput.hit(nearest.addObject(), hit, nearest.size());
          }
          out().println(json);
        } else {
          CatalogueOutput.search(out(), hits, catalogue.size(), Texts.ENGLISH);
        }
      }
      return Main.OK;
    }
  }

  /** {@code export}. */
  @Command(
      name = "export",
      description = "Writes the catalogue as JSON lines, signed where a key is given.",
      footer = {"", "Example:", "  stemma catalogue export known.jsonl --sign team.key"})
  static final class Export extends Sub {
    @Parameters(paramLabel = "FILE", description = "The file to write.")
    Path file = Path.of("");

    @Option(
        names = "--sign",
        paramLabel = "KEY",
        description = "A private Ed25519 key (PEM); stemma catalogue key makes one.")
    @Nullable Path key;

    @Override
    public Integer call() {
      try (Catalogue catalogue = catalogues.open()) {
        int count = CatalogueExchange.export(catalogue, file, key);
        ObjectNode json = json().put("exported", count).put("signed", key != null);
        return say("wrote " + count + " models to " + file, json);
      }
    }
  }

  /** {@code import}. */
  @Command(
      name = "import",
      description = "Adds all models of an exported catalogue, or none.",
      footer = {"", "Example:", "  stemma catalogue import known.jsonl --trust team.pub"})
  static final class Import extends Sub {
    @Parameters(paramLabel = "FILE", description = "An exported catalogue.")
    Path file = Path.of("");

    @Option(
        names = "--trust",
        paramLabel = "PUBLICKEY",
        description = "The public Ed25519 key (PEM) of its maker.")
    @Nullable Path key;

    @Option(names = "--unsigned", description = "Do not ask who made it.")
    boolean unsigned;

    @Option(names = "--replace", description = "Its entries take the place of known ones.")
    boolean replace;

    @Override
    public Integer call() {
      if (key == null && !unsigned) {
        throw new ArtifactException(
            ErrorCode.FORBIDDEN_CONTENT,
            file.toString(),
            "signature",
            "a key to check it with",
            "none given",
            "Give its maker's key with --trust, or accept anybody's with --unsigned.");
      }
      try (Catalogue catalogue = catalogues.open()) {
        CatalogueExchange.Imported done =
            CatalogueExchange.add(
                file,
                key,
                replace ? CatalogueExchange.Conflict.REPLACE : CatalogueExchange.Conflict.KEEP,
                catalogue);
        return say(
            done.added() + " added, " + done.replaced() + " replaced, " + done.kept() + " kept",
            json()
                .put("added", done.added())
                .put("replaced", done.replaced())
                .put("kept", done.kept())
                .put("signed", done.signed()));
      }
    }
  }

  /** {@code merge}. */
  @Command(
      name = "merge",
      description = "Adds the models of another catalogue that this one does not know.",
      footer = {"", "Example:", "  stemma catalogue merge ./colleague.db"})
  static final class Merge extends Sub {
    @Parameters(paramLabel = "OTHER", description = "Another catalogue's file.")
    Path other = Path.of("");

    @Override
    public Integer call() {
      Predicate<Path> there = Files::isRegularFile;
      if (!there.test(other)) {
        throw new ArtifactException(
            ErrorCode.NOT_FOUND,
            other.toString(),
            "",
            "a catalogue",
            "no such file",
            "Name the file that --catalogue names.");
      }
      try (Catalogue catalogue = catalogues.open();
          Catalogue from = Catalogue.open(other)) {
        int[] counts = new int[2];
        catalogue.inOneTransaction(() ->
            from.forEach(entry -> {
              boolean known = catalogue.find(entry.reference()).isPresent();
              counts[known ? 1 : 0]++;
              if (!known) {
                catalogue.put(entry);
              }
            }));
        return say(
            counts[0] + " added, " + counts[1] + " kept",
            json().put("added", counts[0]).put("kept", counts[1]));
      }
    }
  }

  /** {@code stats}. */
  @Command(
      name = "stats",
      description = "How many models, how large the file.",
      footer = {"", "Example:", "  stemma catalogue stats"})
  static final class Stats extends Sub {
    @Override
    public Integer call() throws IOException {
      try (Catalogue catalogue = catalogues.open()) {
        ObjectNode json = json();
        ObjectNode families = JsonMapper.shared().createObjectNode();
        long[] parameters = new long[1];
        catalogue.forEach(entry -> {
          String family = entry.fingerprint().shape().family();
          families.put(family, families.path(family).intValue(0) + 1);
          parameters[0] += entry.fingerprint().shape().parameters();
        });
        long bytes = Files.size(catalogue.file());
        json.put("file", catalogue.file().toString());
        json.put("models", catalogue.size()).put("bytes", bytes);
        json.put("parameters", parameters[0]).set("families", families);
        return say(
            catalogue.size()
                + " models, "
                + bytes
                + " bytes in "
                + catalogue.file()
                + (families.isEmpty()
                    ? ""
                    : "\nfamilies: " + families.toString().replace("\"", "")),
            json);
      }
    }
  }

  /** {@code key}. */
  @Command(
      name = "key",
      description = "Makes a pair of Ed25519 keys: NAME.key to sign with, NAME.pub to give away.",
      footer = {"", "Example:", "  stemma catalogue key team"})
  static final class Key extends Sub {
    @Parameters(paramLabel = "NAME", description = "Path without ending.")
    String name = "";

    @Override
    public Integer call() {
      SigningKeys.make(Path.of(name + ".key"), Path.of(name + ".pub"));
      return say(
          "wrote " + name + ".key and " + name + ".pub",
          json().put("private", name + ".key").put("public", name + ".pub"));
    }
  }
}
