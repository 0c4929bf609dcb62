package dev.stemma.lab.peers;

import dev.stemma.analysis.representation.TextSet;
import dev.stemma.analysis.representation.TextStates;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A model as the comparators see it: whole matrices by role, kept while memory lasts. Not
 * thread-safe.
 */
public final class PeerModel {
  private final CanonicalModel model;
  private final TensorReader reader;
  private final Map<Role, SoftReference<Matrix>> read = new HashMap<>();
  private Optional<List<Matrix>> states = Optional.empty();
  private boolean statesRead;

  /** Reads nothing yet. */
  public PeerModel(CanonicalModel model, TensorReader reader) {
    this.model = model;
    this.reader = reader;
  }

  /** Mean hidden states of our texts by layer; nothing where the model cannot be run. */
  Optional<List<Matrix>> states() {
    if (!statesRead) {
      states = TextStates.of(model, reader, TextSet.standard());
      statesRead = true;
    }
    return states;
  }

  CanonicalModel model() {
    return model;
  }

  /** The first stack of layers, if any. */
  Optional<Component> body() {
    return model.components().stream().filter(Component::isBody).findFirst();
  }

  List<Integer> layers() {
    return body().map(model::layers).orElse(List.of());
  }

  boolean has(Role role) {
    return model.tensor(role).isPresent();
  }

  /** A tensor as a matrix; a vector is one row. Not to be changed. */
  Optional<Matrix> matrix(Role role) {
    SoftReference<Matrix> kept = read.get(role);
    Matrix whole = kept == null ? null : kept.get();
    if (whole != null) {
      return Optional.of(whole);
    }
    return model
        .tensor(role)
        .map(view -> {
          float[] values = reader.readAll(view);
          int rows = view.shape().rank() < 2 ? 1 : Math.toIntExact(view.shape().rows());
          Matrix matrix = new Matrix(rows, rows == 0 ? 0 : values.length / rows, values);
          read.put(role, new SoftReference<>(matrix));
          return matrix;
        });
  }

  /** A matrix of a layer of the body. */
  Optional<Matrix> matrix(int layer, Part part) {
    return body().flatMap(component -> matrix(Role.inLayer(component, layer, part)));
  }

  Optional<Matrix> embedding() {
    return matrix(Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING));
  }

  TensorReader reader() {
    return reader;
  }

  int configured(String key, int otherwise) {
    return model
        .model()
        .config()
        .map(config -> (int) config.integer(key).orElse(otherwise))
        .orElse(otherwise);
  }

  /**
   * Embedding rows of the tokens that both vocabularies have, in the order of a's ids. Without
   * vocabularies, equal ids of equally tall tables.
   */
  static int[][] sharedTokens(PeerModel a, PeerModel b, int most) {
    int rowsOfA = a.embedding().map(Matrix::rows).orElse(0);
    int rowsOfB = b.embedding().map(Matrix::rows).orElse(0);
    Optional<Tokenizer> left = a.model.model().tokenizer();
    Optional<Tokenizer> right = b.model.model().tokenizer();
    TreeMap<Integer, Integer> shared = new TreeMap<>();
    if (left.isPresent() && right.isPresent()) {
      Map<Long, Integer> ids = new HashMap<>();
      for (int index = 0; index < right.get().size(); index++) {
        ids.put(right.get().hash(index), right.get().id(index));
      }
      for (int index = 0; index < left.get().size(); index++) {
        int id = left.get().id(index);
        Integer other = ids.get(left.get().hash(index));
        if (other != null && id < rowsOfA && other < rowsOfB) {
          shared.put(id, other);
        }
      }
    } else if (rowsOfA == rowsOfB) {
      for (int id = 0; id < rowsOfA; id++) {
        shared.put(id, id);
      }
    }
    int count = Math.min(most, shared.size());
    int[][] out = new int[2][count];
    int place = 0;
    for (Map.Entry<Integer, Integer> entry : shared.entrySet()) {
      if (place == count) {
        break;
      }
      out[0][place] = entry.getKey();
      out[1][place++] = entry.getValue();
    }
    return out;
  }
}
