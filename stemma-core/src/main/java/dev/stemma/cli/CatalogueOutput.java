package dev.stemma.cli;

import dev.stemma.artifact.Printable;
import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.catalogue.FingerprintFormat;
import dev.stemma.catalogue.Search;
import dev.stemma.evidence.Figure;
import dev.stemma.report.Texts;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** How known models are shown. */
final class CatalogueOutput {
  private static final int LONGEST_NAME = 26;

  private CatalogueOutput() {}

  static ObjectNode entry(ObjectNode json, CatalogueEntry entry) {
    var shape = entry.fingerprint().shape();
    json.put("reference", entry.reference());
    json.put("name", entry.name());
    json.put("digest", entry.digest());
    json.put("added", entry.added().toString());
    json.put("family", shape.family());
    json.put("parameters", shape.parameters());
    json.put("hidden", shape.hidden());
    json.put("layers", shape.layers());
    json.put("vocabulary", shape.vocabulary());
    json.put("fingerprintBytes", FingerprintFormat.encode(entry.fingerprint()).length);
    return json;
  }

  static ObjectNode hit(ObjectNode json, Search.Hit hit, int rank) {
    json.put("rank", rank);
    json.put("reference", hit.entry().reference());
    json.put("name", hit.entry().name());
    json.put("similarity", hit.similarity());
    finite(json, "direct", hit.direct());
    finite(json, "embedding", hit.embedding());
    finite(json, "circuits", hit.circuits());
    json.put("layersInCommon", hit.layersInCommon());
    json.put("tokensInCommon", hit.tokensInCommon());
    finite(json, "standing", hit.standing());
    return json;
  }

  private static void finite(ObjectNode json, String key, double value) {
    if (Double.isFinite(value)) {
      json.put(key, value);
    } else {
      json.putNull(key);
    }
  }

  static void list(PrintWriter out, List<CatalogueEntry> entries) {
    List<List<String>> rows = new ArrayList<>();
    for (CatalogueEntry entry : entries) {
      rows.add(
          List.of(
              shown(entry.name()),
              entry.fingerprint().shape().family(),
              millions(entry.fingerprint().shape().parameters()),
              String.valueOf(entry.fingerprint().shape().layers()),
              entry.added().toString().substring(0, 10)));
    }
    TextTable.print(
        out,
        new Figure.Table(
            entries.size() + (entries.size() == 1 ? " model" : " models"),
            List.of("model", "family", "parameters", "layers", "added"),
            rows));
    if (entries.isEmpty()) {
      out.println("The catalogue is empty: stemma catalogue add MODEL...");
    }
  }

  private static String millions(long parameters) {
    return String.format(Locale.ROOT, "%.1f M", parameters / 1e6);
  }

  static void search(PrintWriter out, List<Search.Hit> hits, int models, Texts texts) {
    List<List<String>> rows = new ArrayList<>();
    for (Search.Hit hit : hits) {
      rows.add(
          List.of(
              shown(hit.entry().name()),
              figure(hit.similarity()),
              figure(hit.direct()),
              figure(hit.embedding()),
              figure(hit.circuits()),
              hit.layersInCommon() + "",
              figure(hit.tokensInCommon())));
    }
    TextTable.print(
        out,
        new Figure.Table(
            texts.phrase("Nearest of " + models + " known models, by fingerprint"),
            Stream.of("model", "all", "weights", "embedding", "circuits", "layers", "tokens")
                .map(texts::phrase)
                .toList(),
            rows));
    out.println();
    out.println(
        texts.phrase("1 is the same, unrelated models lie near 0; layers, the same bit for bit."));
    out.println(texts.phrase("Nearness selects whom to compare; it proves nothing."));
  }

  private static String shown(String name) {
    String text = Printable.text(name);
    return text.length() <= LONGEST_NAME
        ? text
        : "…" + text.substring(text.length() - LONGEST_NAME + 1);
  }

  private static String figure(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }
}
