package dev.stemma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.analysis.training.CheckpointTrail;
import dev.stemma.analysis.training.Initialisation;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.cli.Main;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.TinyLlama;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders as trainers leave them: weights beside optimizer states and logs. */
class CheckpointSequenceTest {
  @TempDir Path folder;

  private Path output(int layers) throws IOException {
    Path output = Files.createDirectories(folder.resolve("output"));
    Path first = TinyLlama.write(output.resolve("checkpoint-0"), layers, 11);
    derive(first, "noise:0.05", "1", output.resolve("checkpoint-100"));
    derive(output.resolve("checkpoint-100"), "noise:0.05", "2", output.resolve("checkpoint-1000"));
    for (String step : new String[] {"0", "100", "1000"}) {
      Path checkpoint = output.resolve("checkpoint-" + step);
      Files.writeString(checkpoint.resolve("optimizer.pt"), "an optimizer's state, never read");
      Files.writeString(checkpoint.resolve("training_args.bin"), "arguments, never read");
    }
    Files.writeString(
        output.resolve("trainer_state.json"),
        """
        {"global_step":1000,"log_history":[
        {"step":1,"loss":3.71},{"step":100,"loss":3.2},{"step":500,"loss":2.7},{"step":1000,"loss":2.5}]}
        """);
    return output;
  }

  private static void derive(Path base, String how, String seed, Path to) {
    StringWriter error = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(error),
            "lab",
            "derive",
            base.toString(),
            "--how",
            how,
            "--seed",
            seed,
            "-o",
            to.toString());
    assertThat(code).as(error.toString()).isZero();
  }

  private static CheckpointTrail trail(
      Path output, @Nullable String released, OptionalDouble declared) {
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      return new CheckpointSequence(investigation, Progress.NONE).trail(output, released, declared);
    }
  }

  @Test
  void distancesGrowFromTheFirstAndTheLastIsTheRelease() throws IOException {
    Path output = output(2);
    CheckpointTrail trail =
        trail(output, output.resolve("checkpoint-1000").toString(), OptionalDouble.of(0.3));

    assertThat(trail.points())
        .extracting(CheckpointTrail.Point::step)
        .containsExactly(0L, 100L, 1000L);
    assertThat(trail.points().getFirst().distance()).isZero();
    assertThat(trail.points().get(1).distance()).isCloseTo(0.05, Offset.offset(0.01));
    assertThat(trail.points().get(2).distance()).isCloseTo(0.0707, Offset.offset(0.01));
    assertThat(trail.points().get(2).norm()).isGreaterThan(trail.points().getFirst().norm());
    assertThat(trail.releaseMatches()).isTrue();
    Initialisation initialisation = Objects.requireNonNull(trail.initialisation());
    assertThat(initialisation.follows()).isTrue();
    assertThat(initialisation.drawn()).isEqualTo(16);
    assertThat(initialisation.asDeclared()).isGreaterThan(10);
  }

  @Test
  void anotherModelIsNotTheRelease() throws IOException {
    Path other = TinyLlama.write(folder.resolve("other"), 2, 12);

    assertThat(trail(output(2), other.toString(), OptionalDouble.empty()).releaseMatches())
        .isFalse();
  }

  @Test
  void checkpointsOfTwoShapesAreAnError() throws IOException {
    Path output = output(2);
    Path other = TinyLlama.write(folder.resolve("other"), 2, 12);
    derive(other, "prune-width:12x16", "3", output.resolve("checkpoint-2000"));

    assertThatThrownBy(() -> trail(output, null, OptionalDouble.empty()))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("checkpoint-2000");
  }

  @Test
  void trainlogFindsTheCheckpointsBesideTheLog() throws IOException {
    Path output = output(2);
    StringWriter out = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(out),
            new PrintWriter(new StringWriter()),
            "trainlog",
            output.toString(),
            "--vocab",
            "40",
            "--released",
            output.resolve("checkpoint-1000").toString(),
            "--json");

    assertThat(code).isZero();
    assertThat(out.toString())
        .contains("\"id\":\"checkpoints\",\"outcome\":\"consistent\"")
        .contains("the last is the release")
        .contains("\"step\":1000,\"norm\":");
  }
}
