package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.testing.BundledFamily;
import dev.stemma.testing.Shared;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One layer of six from another model: most layers correspond, and still one was put in. */
class TransplantedLayerTest {
  @TempDir Path folder;
  private BundledFamily family;

  @BeforeEach
  void open() {
    family = new BundledFamily(folder);
  }

  @AfterEach
  void close() {
    family.close();
  }

  @Test
  void oneLayerOfSixIsSeen() throws IOException {
    String alpha = Shared.path("lineages/dev/alpha").toString();
    String twin = Shared.path("lineages/dev/twin").toString();
    String child = family.derived(alpha, "transplant-layers:" + twin + "@3,noise:0.02", 5);
    ComponentVerdict host = family.decoder(alpha, child);
    assertThat(host.relation()).isEqualTo(Relation.DERIVED);
    assertThat(host.kinds()).contains(Kind.LAYERS_TRANSPLANTED);
    assertThat(family.decoder(twin, child).kinds()).contains(Kind.LAYERS_TRANSPLANTED);
  }

  @Test
  void layersThatTrainingMovedAreNoTransplant() {
    String alpha = Shared.path("lineages/dev/alpha").toString();
    for (String child : new String[] {"sft", "cpt", "sameinit", "quantised"}) {
      assertThat(family.decoder(alpha, Shared.path("lineages/dev/" + child).toString()).kinds())
          .as(child)
          .doesNotContain(Kind.LAYERS_TRANSPLANTED);
    }
  }
}
