package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.testing.BundledFamily;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How two children of a really trained model were merged, and with what figures. */
class MergeMethodTest {
  @TempDir Path folder;

  private BundledFamily family;
  private String base = "";
  private String one = "";
  private String two = "";

  @BeforeEach
  void parents() throws IOException {
    family = new BundledFamily(folder);
    base = BundledFamily.model("alpha");
    one = family.derived(base, "noise:0.1", 41);
    two = family.derived(base, "noise:0.25", 42);
  }

  @AfterEach
  void close() {
    family.close();
  }

  @ParameterizedTest
  @CsvSource({"0.2, 43", "0.55, 44", "0.9, 45", "1, 46"})
  void tiesIsNamedWithItsDensityAndBase(double density, long seed) throws IOException {
    String child = family.derived(one, "ties:" + two + "@" + base + "@" + density, seed);
    ComponentVerdict found = family.decoder(one, child, two, base);
    assertThat(found.kinds()).extracting(Kind::key).contains("merged");
    assertThat(found.parent()).isEqualTo(Parent.A);
    assertThat(found.details()).containsEntry("method", "ties").containsEntry("base", base);
    assertThat(found.details().get("density"))
        .asInstanceOf(InstanceOfAssertFactories.DOUBLE)
        .isCloseTo(density, Offset.offset(0.01));
    assertThat(found.details().get("coefficients"))
        .asInstanceOf(InstanceOfAssertFactories.map(String.class, Double.class))
        .containsOnlyKeys(one, two)
        .allSatisfy(
            (name, coefficient) -> assertThat(coefficient).isCloseTo(0.5, Offset.offset(0.02)));
    ComponentVerdict reversed = family.decoder(child, two, base, one);
    assertThat(reversed.parent()).isEqualTo(Parent.B);
    assertThat(reversed.details()).containsEntry("method", "ties");
  }

  @ParameterizedTest
  @CsvSource({"merge:TWO@0.3, linear", "task:TWO@BASE@0.7, task-arithmetic"})
  void othersAreNotTakenForIt(String how, String method) throws IOException {
    String child = family.derived(one, how.replace("TWO", two).replace("BASE", base), 47);
    ComponentVerdict found = family.decoder(one, child, two, base);
    assertThat(found.details()).containsEntry("method", method);
  }

  @Test
  void aSphericalMergeIsNotTakenForIt() throws IOException {
    String far = family.derived(base, "noise:0.8", 48);
    String child = family.derived(one, "slerp:" + far + "@0.4", 49);
    ComponentVerdict found = family.decoder(one, child, far, base);
    assertThat(found.details()).containsEntry("method", "slerp");
  }

  @Test
  void withoutTheTrueParentsThereIsNoMerge() throws IOException {
    String child = family.derived(one, "ties:" + two + "@" + base + "@0.5", 50);
    String other = family.derived(base, "noise:0.25", 51);
    assertThat(family.decoder(one, child, BundledFamily.model("twin"), base).kinds())
        .doesNotContain(Kind.MERGED);
    assertThat(family.decoder(one, child, other, base).kinds()).doesNotContain(Kind.MERGED);
    assertThat(family.decoder(one, family.derived(one, "noise:0.1", 52), two, base).kinds())
        .doesNotContain(Kind.MERGED);
  }
}
