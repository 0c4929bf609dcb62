package dev.stemma.analysis.weights;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One MLP: a dense one, a shared expert or a routed expert. Its neurons are the rows of gate and up
 * and the columns of down.
 *
 * @param expert number of the routed expert, {@link #DENSE} or {@link #SHARED}
 * @param gain the norm that feeds it, folded into gate and up
 */
record MlpBlock(
    Component component,
    int layer,
    int expert,
    @Nullable TensorView gate,
    TensorView up,
    TensorView down,
    @Nullable TensorView gain)
    implements Serializable {
  static final int DENSE = -1;
  static final int SHARED = -2;

  int neurons() {
    return Math.toIntExact(up.shape().rows());
  }

  int width() {
    return Math.toIntExact(up.shape().columns());
  }

  /** Whether only some of its neurons are looked at: down has more of them. */
  boolean sampled() {
    return up.shape().rows() < down.shape().columns();
  }

  /** The same, but of its neurons only the first are looked at. */
  MlpBlock first(int neurons) {
    return new MlpBlock(
        component,
        layer,
        expert,
        gate == null ? null : Prefix.of(gate, neurons),
        Prefix.of(up, neurons),
        down,
        gain);
  }

  /** All that it is made of. */
  List<TensorView> views() {
    return java.util.stream.Stream.of(gate, up, down, gain)
        .filter(java.util.Objects::nonNull)
        .toList();
  }

  /** Bytes of its matrices as they are stored, and of the gain for each that it is folded into. */
  long bytes() {
    long bytes = 0;
    for (NeuronSide side : NeuronSide.values()) {
      bytes += side.bytes(this);
    }
    return bytes;
  }

  /** The place of the matrix that decides when a neuron is active. */
  Role reads() {
    Part part =
        expert == SHARED
            ? gate == null ? Part.SHARED_UP : Part.SHARED_GATE
            : gate == null ? Part.UP : Part.GATE;
    return new Role(component, layer, Math.max(-1, expert), part);
  }

  boolean routed() {
    return expert >= 0;
  }

  /** All MLPs of a component, in order of layer and expert; those with odd shapes are left out. */
  static List<MlpBlock> of(CanonicalModel model, Component component) {
    TreeSet<Role> ups = new TreeSet<>();
    for (Role role : model.tensors().keySet()) {
      if (role.component() == component
          && role.layer() >= 0
          && (role.part() == Part.UP || role.part() == Part.SHARED_UP)) {
        ups.add(role);
      }
    }
    List<MlpBlock> blocks = new ArrayList<>();
    for (Role up : ups) {
      block(model, up).ifPresent(blocks::add);
    }
    blocks.sort(
        java.util.Comparator.comparingInt(MlpBlock::layer).thenComparingInt(MlpBlock::expert));
    return blocks;
  }

  private static Optional<MlpBlock> block(CanonicalModel model, Role up) {
    boolean shared = up.part() == Part.SHARED_UP;
    TensorView gate = view(model, up, shared ? Part.SHARED_GATE : Part.GATE);
    TensorView down = view(model, up, shared ? Part.SHARED_DOWN : Part.DOWN);
    TensorView gain =
        model.tensor(Role.inLayer(up.component(), up.layer(), Part.MLP_NORM)).orElse(null);
    TensorView upView = model.tensors().get(up);
    if (upView == null || down == null || !fits(upView, down, gate)) {
      return Optional.empty();
    }
    boolean gainFits = gain != null && gain.shape().elements() == upView.shape().columns();
    return Optional.of(
        new MlpBlock(
            up.component(),
            up.layer(),
            shared ? SHARED : up.expert(),
            gate,
            upView,
            down,
            gainFits ? gain : null));
  }

  private static @Nullable TensorView view(CanonicalModel model, Role like, Part part) {
    return model.tensor(new Role(like.component(), like.layer(), like.expert(), part)).orElse(null);
  }

  private static boolean fits(TensorView up, TensorView down, @Nullable TensorView gate) {
    return up.shape().rank() == 2
        && down.shape().rank() == 2
        && up.shape().rows() > 1
        && up.shape().columns() > 1
        && up.shape().elements() < Integer.MAX_VALUE - 8
        && down.shape().rows() == up.shape().columns()
        && down.shape().columns() == up.shape().rows()
        && (gate == null || gate.shape().equals(up.shape()));
  }
}
