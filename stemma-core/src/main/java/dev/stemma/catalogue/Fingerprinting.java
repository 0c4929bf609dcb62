package dev.stemma.catalogue;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.catalogue.Fingerprint.Block;
import dev.stemma.catalogue.Fingerprint.Layer;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.SketchKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes fingerprints: one pass over the tensors, layers side by side, put together in their order,
 * so that the bits do not depend on the number of threads.
 */
public final class Fingerprinting {
  private Fingerprinting() {}

  /** One layer of one stack. */
  private record Place(Component component, int layer) {}

  /** The fingerprint of a model. */
  public static Fingerprint of(CanonicalModel model, TensorReader reader, int threads) {
    Optional<Anchors> anchors = Anchors.of(model, reader);
    List<Place> places = new ArrayList<>();
    List<Callable<MerkleTree>> outside = new ArrayList<>();
    for (Component component : model.components()) {
      if (component.isBody()) {
        model.layers(component).forEach(layer -> places.add(new Place(component, layer)));
      }
    }
    model
        .tensors()
        .forEach((role, view) -> {
          if (role.layer() < 0 || !role.component().isBody()) {
            outside.add(() -> leaf(name(role), view, reader));
          }
        });
    model
        .unmapped()
        .forEach(tensor -> outside.add(() -> leaf(tensor.name(), tensor.view(), reader)));
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      try {
        List<Future<MerkleTree>> leaves = outside.stream().map(workers::submit).toList();
        List<Future<LayerPass.Result>> passes = new ArrayList<>();
        for (Place place : places) {
          passes.add(
              workers.submit(() ->
                  new LayerPass(model, anchors, reader).over(place.component(), place.layer())));
        }
        List<LayerPass.Result> results = new ArrayList<>();
        for (Future<LayerPass.Result> pass : passes) {
          results.add(get(pass));
        }
        MerkleTree root = new MerkleTree();
        for (Future<MerkleTree> leaf : leaves) {
          root.leaves(get(leaf));
        }
        return new Fingerprint(
            ModelShape.of(model),
            model.model().tokenizer().map(TokenizerSketch::of).orElse(TokenizerSketch.NONE),
            layers(results),
            root.root(),
            sketch(anchors, results));
      } finally {
        workers.shutdownNow();
      }
    }
  }

  private static String name(Role role) {
    return role.component().key() + "/" + role.layer() + "/" + role.key();
  }

  private static MerkleTree leaf(String name, TensorView view, TensorReader reader) {
    MerkleTree tree = new MerkleTree();
    tree.leaf(name, TensorPass.over(view, reader, (first, rows, columns, values) -> {}));
    return tree;
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static List<Layer> layers(List<LayerPass.Result> results) {
    int group = (results.size() + Fingerprint.MOST_LAYERS - 1) / Fingerprint.MOST_LAYERS;
    List<Layer> layers = new ArrayList<>();
    for (int first = 0; first < results.size(); first += group) {
      MerkleTree tree = new MerkleTree();
      short[] profile = new short[Layer.PROFILE];
      for (int i = first; i < Math.min(results.size(), first + group); i++) {
        tree.leaves(results.get(i).leaves());
      }
      for (int i = 0; i < profile.length; i++) {
        profile[i] = Float.floatToFloat16((float) results.get(first).profile()[i]);
      }
      layers.add(new Layer(tree.root(), profile));
    }
    return layers;
  }

  private static float[] sketch(Optional<Anchors> anchors, List<LayerPass.Result> results) {
    double[] sketch = new double[Fingerprint.LENGTH];
    double[] direct = new double[Block.length()];
    double[] circuits = new double[Block.length()];
    int cells = SketchKernel.ANCHORS * SketchKernel.ANCHORS;
    for (LayerPass.Result result : results) {
      for (int i = 0; i < direct.length; i++) {
        direct[i] += result.direct()[i];
      }
      for (int kind = 0; kind < 3; kind++) {
        for (int cell = 0; cell < cells; cell++) {
          double value = result.circuits()[kind][cell];
          // Each cell goes to four places, so that few cells share one with the same sign.
          for (int copy = 0; copy < 4; copy++) {
            long place = Hashing.of(kind * cells + cell, copy);
            circuits[(int) (place & (circuits.length - 1))] += place < 0 ? -value : value;
          }
        }
      }
    }
    put(direct, sketch, Block.DIRECT);
    put(anchors.map(Anchors::cosines).orElse(new double[Block.length()]), sketch, Block.EMBEDDING);
    put(circuits, sketch, Block.CIRCUITS);
    return unit(sketch);
  }

  private static void put(double[] block, double[] sketch, Block where) {
    float[] unit = unit(block);
    for (int i = 0; i < unit.length; i++) {
      sketch[where.offset() + i] = unit[i];
    }
  }

  private static float[] unit(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    float[] out = new float[values.length];
    for (int i = 0; i < out.length && squares > 0 && Double.isFinite(squares); i++) {
      out[i] = (float) (values[i] / Math.sqrt(squares));
    }
    return out;
  }
}
