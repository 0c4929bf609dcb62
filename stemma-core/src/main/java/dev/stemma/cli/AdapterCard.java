package dev.stemma.cli;

import dev.stemma.artifact.Model;
import dev.stemma.format.Adapters;
import dev.stemma.format.ModelReader;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFiles;
import dev.stemma.source.Sources;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What {@code inspect} shows of a low-rank adapter, which is no model by itself. */
final class AdapterCard {
  private AdapterCard() {}

  /** Prints the card if the reference names an adapter; says whether it did. */
  static boolean print(String reference, CommandSpec spec, CommonOptions common) {
    Sources sources = common.sources();
    try (ByteSource bytes = sources.open()) {
      return print(reference, spec, common, sources.resolve(reference, common.progress()), bytes);
    }
  }

  private static boolean print(
      String reference,
      CommandSpec spec,
      CommonOptions common,
      SourceFiles files,
      ByteSource bytes) {
    if (files.files().stream().noneMatch(file -> file.name().contains("adapter"))) {
      return false;
    }
    Model model = new ModelReader().read(files, bytes);
    if (!Adapters.isAdapter(model)) {
      return false;
    }
    Adapters.Card card = Adapters.card(model);
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      out.println(json(card));
    } else {
      lines(model.name(), reference, card).forEach(out::println);
    }
    return true;
  }

  private static String json(Adapters.Card card) {
    JsonMapper mapper = JsonMapper.shared();
    ObjectNode json = mapper.createObjectNode();
    json.put("schema", "stemma.inspect/1");
    ObjectNode adapter = json.putObject("adapter");
    adapter.put("base", card.base());
    adapter.put("rank", card.rank());
    adapter.put("alpha", card.alpha());
    adapter.put("matrices", card.matrices());
    adapter.put("parameters", card.parameters());
    card.modules().forEach(adapter.putArray("modules")::add);
    return mapper.writeValueAsString(json);
  }

  private static List<String> lines(String name, String reference, Adapters.Card card) {
    return List.of(
        name + ": a low-rank adapter (LoRA), no model by itself",
        "  base (as it says)  " + (card.base().isEmpty() ? "not stated" : card.base()),
        "  rank               " + card.rank(),
        "  alpha              " + card.alpha(),
        "  changed matrices   " + card.matrices() + " (" + String.join(", ", card.modules()) + ")",
        "  parameters         " + String.format(Locale.ROOT, "%,d", card.parameters()),
        "Compare it with its base: stemma compare BASE " + reference,
        "Two adapters: stemma compare BASE" + Adapters.ONTO + "ONE BASE" + Adapters.ONTO + "OTHER");
  }
}
