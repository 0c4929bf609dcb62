package dev.stemma.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TruthSetTest {
  @TempDir Path folder;

  private TruthSet truth(String json) throws IOException {
    Files.writeString(folder.resolve("truth.json"), json);
    return TruthSet.read(folder);
  }

  private TruthSet family() throws IOException {
    return truth(
        """
        {"root": {"parent": null, "how": "from scratch"},
         "other": {"parent": null, "how": "from scratch: root's architecture, another seed"},
         "seed": {"parent": null, "how": "from scratch, but from root's very initial weights"},
         "tuned": {"parent": "root", "how": "fine-tuned on other data, low rate"},
         "deep": {"parent": "tuned", "how": "depth up-scaled: layers 0-3 and 2-5 stacked"},
         "mix": {"parent": "tuned", "how": "0.6 tuned + 0.4 deep, elementwise"},
         "graft": {"parent": "other", "how": "other with layers 2,3 transplanted from root, healed"},
         "pupil": {"parent": null, "how": "fresh weights, trained on root's outputs"}}
        """);
  }

  @Test
  void relationsFollowTheTree() throws IOException {
    TruthSet truth = family();
    assertThat(truth.relation("root", "deep")).isEqualTo(TruePair.DESCENT);
    assertThat(truth.relation("mix", "deep")).isEqualTo(TruePair.DESCENT);
    assertThat(truth.relation("graft", "root")).isEqualTo(TruePair.DESCENT);
    assertThat(truth.relation("graft", "tuned")).isEqualTo(TruePair.SIBLINGS);
    assertThat(truth.relation("other", "root")).isEqualTo(TruePair.INDEPENDENT);
    assertThat(truth.relation("pupil", "root")).isEqualTo(TruePair.INDEPENDENT);
    assertThat(truth.relation("seed", "deep")).isEqualTo(TruePair.SAME_INITIALISATION);
    assertThat(truth.relation("seed", "other")).isEqualTo(TruePair.INDEPENDENT);
  }

  @Test
  void kindsAreReadFromTheWords() throws IOException {
    TruthSet truth = family();
    assertThat(java.util.Objects.requireNonNull(truth.members().get("deep")).kinds())
        .containsExactly("depth-up-scaled");
    assertThat(java.util.Objects.requireNonNull(truth.members().get("mix")).kinds())
        .containsExactly("merged");
    assertThat(java.util.Objects.requireNonNull(truth.members().get("graft")).kinds())
        .containsExactly("layers-transplanted");
    assertThat(java.util.Objects.requireNonNull(truth.members().get("root")).kinds()).isEmpty();
  }

  @Test
  void badTruthIsRefused() {
    assertThatThrownBy(() -> TruthSet.read(folder)).isInstanceOf(ArtifactException.class);
    assertThatThrownBy(() -> truth("{\"a\":{\"parent\":\"b\",\"how\":\"\"}}"))
        .isInstanceOf(ArtifactException.class);
    assertThatThrownBy(() ->
            truth("{\"a\":{\"parent\":\"b\",\"how\":\"\"},\"b\":{\"parent\":\"a\",\"how\":\"\"}}"))
        .isInstanceOf(ArtifactException.class);
    assertThatThrownBy(() -> truth("[1")).isInstanceOf(ArtifactException.class);
  }
}
