package dev.stemma;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The flow is the package list: a package uses only packages above it. */
class ArchitectureTest {
  /** From the top down; faces come last. The root package holds the facade that the faces call. */
  private static final List<String> ORDER =
      List.of(
          "dev.stemma.artifact..",
          "dev.stemma.evidence..",
          "dev.stemma.source..",
          "dev.stemma.format..",
          "dev.stemma.architecture..",
          "dev.stemma.numeric..",
          "dev.stemma.runtime..",
          "dev.stemma.behaviour..",
          "dev.stemma.analysis..",
          "dev.stemma.verdict..",
          "dev.stemma.engine..",
          "dev.stemma.catalogue..",
          "dev.stemma.tree..",
          "dev.stemma.lab..",
          "dev.stemma.report..",
          "dev.stemma.notebook..",
          "dev.stemma",
          "dev.stemma.mcp..",
          "dev.stemma.web..",
          "dev.stemma.cli..");

  private static JavaClasses everything;

  @BeforeAll
  static void read() {
    everything =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.stemma");
  }

  static List<Integer> positions() {
    List<Integer> positions = new ArrayList<>();
    for (int position = 0; position < ORDER.size() - 1; position++) {
      positions.add(position);
    }
    return positions;
  }

  @ParameterizedTest
  @MethodSource("positions")
  void aPackageUsesOnlyPackagesAboveIt(int position) {
    String[] below = ORDER.subList(position + 1, ORDER.size()).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(ORDER.get(position))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(below)
        .allowEmptyShould(true)
        .check(everything);
  }

  @Test
  void everyPackageStandsInTheList() {
    classes().should().resideInAnyPackage(ORDER.toArray(String[]::new)).check(everything);
  }

  @Test
  void packagesHaveNoCycle() {
    slices().matching("dev.stemma.(*)..").should().beFreeOfCycles().check(everything);
  }

  @Test
  void onlyTheVectorTwinsTouchTheVectorModule() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.stemma.numeric.simd..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(everything);
  }

  @Test
  void nobodyDeserialisesObjects() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .check(everything);
  }

  @Test
  void everyPackageSaysWhatItIs() throws Exception {
    Path root = Path.of("src/main/java");
    try (var folders = Files.walk(root.resolve("dev/stemma"))) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        boolean hasJava;
        try (var files = Files.list(folder)) {
          hasJava =
              files.anyMatch(
                  file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"));
        }
        if (hasJava) {
          org.assertj.core.api.Assertions.assertThat(folder.resolve("package-info.java")).exists();
        }
      }
    }
  }
}
