package dev.stemma.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.numbers.gamma.Erf;

/** The non-linear functions of feed-forward blocks, applied element by element. */
public enum Activation {
  /** x * sigmoid(x), also called swish (Elfwing et al. 2017). */
  SILU("silu", "swish") {
    @Override
    float apply(float x) {
      return (float) (x / (1 + Math.exp(-x)));
    }
  },
  /** x * Phi(x) with the exact normal distribution function (Hendrycks and Gimpel 2016). */
  GELU("gelu", "gelu_python") {
    @Override
    float apply(float x) {
      return (float) (0.5 * x * (1 + Erf.value(x / Math.sqrt(2))));
    }
  },
  /** GELU by its tanh approximation. */
  GELU_TANH("gelu_pytorch_tanh", "gelu_new", "gelu_fast", "gelu_accurate", "gelu_python_tanh") {
    @Override
    float apply(float x) {
      double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * (double) x * x * x);
      return (float) (0.5 * x * (1 + Math.tanh(inner)));
    }
  },
  /** GELU held between -10 and 10. */
  GELU_CLIPPED("gelu_10") {
    @Override
    float apply(float x) {
      return Math.clamp(GELU.apply(x), -10, 10);
    }
  },
  /** x * sigmoid(1.702 x). */
  QUICK_GELU("quick_gelu") {
    @Override
    float apply(float x) {
      return (float) (x / (1 + Math.exp(-1.702 * x)));
    }
  },
  /** max(x, 0). */
  RELU("relu") {
    @Override
    float apply(float x) {
      return Math.max(x, 0);
    }
  },
  /** max(x, 0) squared. */
  RELU_SQUARED("relu2") {
    @Override
    float apply(float x) {
      float positive = Math.max(x, 0);
      return positive * positive;
    }
  },
  /** max(x, 0), at most 6. */
  RELU_6("relu6") {
    @Override
    float apply(float x) {
      return Math.clamp(x, 0, 6);
    }
  },
  /** x, a hundredth of it below zero. */
  LEAKY_RELU("leaky_relu") {
    @Override
    float apply(float x) {
      return x < 0 ? 0.01f * x : x;
    }
  },
  /** x * tanh(log(1 + e^x)) (Misra 2019). */
  MISH("mish") {
    @Override
    float apply(float x) {
      double softplus = x > 30 ? x : Math.log1p(Math.exp(x));
      return (float) (x * Math.tanh(softplus));
    }
  },
  /** The hyperbolic tangent. */
  TANH("tanh") {
    @Override
    float apply(float x) {
      return (float) Math.tanh(x);
    }
  },
  /** 1 / (1 + e^-x). */
  SIGMOID("sigmoid") {
    @Override
    float apply(float x) {
      return (float) (1 / (1 + Math.exp(-x)));
    }
  },
  /** x itself. */
  LINEAR("linear") {
    @Override
    float apply(float x) {
      return x;
    }
  };

  @SuppressWarnings("ImmutableEnumChecker") // List.of never changes
  private final List<String> names;

  Activation(String... names) {
    this.names = List.of(names);
  }

  /** The function that configurations call by this name. */
  static Optional<Activation> named(String name) {
    String small = name.toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(one -> one.names.contains(small)).findFirst();
  }

  /** All names, for errors. */
  static String names() {
    return Arrays.stream(values())
        .flatMap(one -> one.names.stream())
        .collect(Collectors.joining(", "));
  }

  abstract float apply(float x);
}
