package dev.stemma.format;

import dev.stemma.format.PickleReader.Global;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The classes and functions that a pickle may name, and what calling them stands for. */
final class PickleCalls {
  private static final Pattern NUMBER_TYPE =
      Pattern.compile(
          "(?:b?float|complex|q?u?int)\\d{1,3}(?:_e\\d{1,2}m\\d{1,2}[a-z]{0,4}|_e2m1fn_x2|x\\d)?"
              + "|bool|bits\\d{1,2}(?:x\\d)?");
  private static final Pattern STORAGE = Pattern.compile("[A-Za-z0-9_]{0,40}Storage");

  private PickleCalls() {}

  static boolean allowed(Global global) {
    String name = global.name();
    return switch (global.module()) {
      case "collections" -> name.equals("OrderedDict");
      case "torch._utils" ->
          name.equals("_rebuild_tensor_v2")
              || name.equals("_rebuild_tensor_v3")
              || name.equals("_rebuild_parameter")
              || name.equals("_rebuild_parameter_with_state");
      case "torch._tensor" -> name.equals("_rebuild_from_type_v2");
      case "torch.nn.parameter" -> name.equals("Parameter") || name.equals("Buffer");
      case "torch" ->
          name.equals("Size")
              || name.equals("device")
              || name.equals("Tensor")
              || NUMBER_TYPE.matcher(name).matches()
              || STORAGE.matcher(name).matches();
      case "torch.storage" -> STORAGE.matcher(name).matches();
      default -> false;
    };
  }

  /** Nothing where the call builds no tensor and no part of one. */
  static Optional<Object> result(Global function, List<Object> arguments) {
    return switch (function.toString()) {
      case "collections.OrderedDict" -> Optional.of(new LinkedHashMap<Object, Object>());
      case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3" ->
          Optional.of(new PickleReader.Rebuilt(arguments));
      case "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.Size",
          "torch.device" ->
          arguments.stream().findFirst();
      case "torch._tensor._rebuild_from_type_v2" -> rebuilt(arguments);
      default -> Optional.empty();
    };
  }

  /** A tensor with attributes: the function that rebuilds it, its class, and its arguments. */
  private static Optional<Object> rebuilt(List<Object> arguments) {
    if (arguments.size() >= 3
        && arguments.getFirst() instanceof Global function
        && function.module().equals("torch._utils")
        && arguments.get(2) instanceof List<?> own) {
      return result(function, List.<Object>copyOf(own.subList(0, Math.min(own.size(), 16))));
    }
    return Optional.empty();
  }
}
