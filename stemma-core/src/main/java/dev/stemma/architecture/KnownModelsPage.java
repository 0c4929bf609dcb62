package dev.stemma.architecture;

import java.util.List;
import java.util.Locale;

/** The documentation's pages that are made from data: known models and families. */
public final class KnownModelsPage {
  private KnownModelsPage() {}

  /** The table of known models, as Markdown. */
  public static String models() {
    StringBuilder out = new StringBuilder();
    out.append("# Known models\n\n")
        .append("Generated from `known-models.json`; a test fails when this page is stale (run it")
        .append(" with `-Dstemma.docs.write=true` to write it).\n")
        .append("Counts are computed from the configuration, active in three conventions: all,")
        .append(" without the input embedding, without embedding and head.\n\n")
        .append(
            "| model | family | total | active | without input embedding | without embeddings |")
        .append(
            " attention | KV bytes a token (bf16) | published | confidence | unconfirmed keys |")
        .append(" source |\n")
        .append("|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (KnownModel model : KnownModels.all()) {
      Architecture architecture = Families.architecture(model.config());
      ParameterCount count = ParameterCount.of(architecture);
      out.append(
          row(
              List.of(
                  model.name(),
                  architecture.family().id(),
                  number(count.total()),
                  number(count.active()),
                  number(count.activeWithoutInputEmbedding()),
                  number(count.activeWithoutEmbeddings()),
                  attention(Attention.of(architecture)),
                  number((long) KeyValueCache.of(architecture).bytesPerToken(2)),
                  model.publishedTotal(),
                  model.confidence(),
                  String.join(", ", model.unconfirmedKeys()),
                  model.source())));
    }
    return out.toString();
  }

  /** The table of families, as Markdown. */
  public static String families() {
    StringBuilder out = new StringBuilder();
    out.append("# Families of architectures\n\n")
        .append("Generated from the files in `families/`; a test fails when this page is stale")
        .append(" (run it with `-Dstemma.docs.write=true` to write it).\n")
        .append("Adding a family is adding its file and a fixture for the contract test.\n")
        .append(
            "`stemma run` generates with those that run: their logits are those of the official")
        .append(" code over many configurations (`bench/README.md`, Logits against the official")
        .append(" code).\n\n")
        .append(
            "| family | title | model_type | runs | kinds of tensors in a layer | norm | residual"
                + " |")
        .append(" router | notes |\n|---|---|---|---|---|---|---|---|---|\n");
    for (Family family : Families.all()) {
      out.append(
          row(
              List.of(
                  family.id(),
                  family.title(),
                  String.join(", ", family.modelTypes()),
                  family.runs() ? "yes" : "no",
                  String.valueOf(
                      family.mainStack().inLayer().stream()
                          .filter(template -> !template.alternative())
                          .count()),
                  fact(family, "norm"),
                  fact(family, "residual"),
                  fact(family, "router"),
                  String.join(" ", family.notes()))));
    }
    return out.toString();
  }

  private static String fact(Family family, String name) {
    Expression fact = family.facts().get(name);
    return fact == null ? "" : fact.text().replace("'", "");
  }

  private static String attention(Attention attention) {
    return attention.kind().equals("GQA") ? "GQA " + attention.groups() + ":1" : attention.kind();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String row(List<String> cells) {
    StringBuilder row = new StringBuilder("|");
    for (String cell : cells) {
      row.append(' ').append(cell.replace("|", "\\|").replace("\n", " ")).append(" |");
    }
    return row.append('\n').toString();
  }
}
