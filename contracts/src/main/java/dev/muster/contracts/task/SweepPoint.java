package dev.muster.contracts.task;

import dev.muster.contracts.job.Sweep;
import dev.muster.contracts.job.Sweep.Axis;
import dev.muster.contracts.job.Sweep.Draw;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters of one point of a sweep, as JSON. */
public final class SweepPoint {
  /** 2^53, so that a draw has all the digits of a double from 0 to 1. */
  private static final double FRACTIONS = 1L << 53;

  private SweepPoint() {}

  /** The members of the point, as JSON text without braces; what the user wrote stays as it is. */
  static String members(Sweep sweep, int index) {
    String point = of(sweep, index).strip();
    return point.substring(1, point.length() - 1).strip();
  }

  /** The parameters of point {@code index} as a JSON object; axes with several names are nested. */
  public static String of(Sweep sweep, int index) {
    if (sweep.method() == Sweep.Method.LIST) {
      return sweep.points().get(index);
    }
    List<String> values = values(sweep, index);
    Map<String, Object> root = new LinkedHashMap<>();
    for (int axis = 0; axis < values.size(); axis++) {
      put(root, sweep.axes().get(axis).path(), values.get(axis));
    }
    return text(root);
  }

  private static List<String> values(Sweep sweep, int index) {
    List<Axis> axes = sweep.axes();
    List<String> values = new ArrayList<>(axes.size());
    if (sweep.method() == Sweep.Method.RANDOM) {

      for (int axis = 0; axis < axes.size(); axis++) {
        values.add(drawn(axes.get(axis), bits(sweep.seed(), index, axis)));
      }
      return values;
    }
    int rest = index;
    for (Axis axis : axes.reversed()) {
      values.addFirst(axis.values().get(rest % axis.values().size()));
      rest /= axis.values().size();
    }
    return values;
  }

  private static String drawn(Axis axis, long bits) {
    Draw draw = axis.draw();
    if (draw == null) {
      return axis.values().get((int) (fraction(bits) * axis.values().size()));
    }
    double low = draw.low();
    double high = draw.high();
    return switch (draw.law()) {
      case UNIFORM -> number(Math.min(high, low + (high - low) * fraction(bits)));
      case LOG_UNIFORM -> {
        double logLow = StrictMath.log(low);
        double drawn = StrictMath.exp(logLow + (StrictMath.log(high) - logLow) * fraction(bits));
        yield number(Math.clamp(drawn, low, high));
      }
      case INTEGERS -> Long.toString((long) (low + Math.floor((high - low + 1) * fraction(bits))));
    };
  }

  private static String number(double value) {
    return new BigDecimal(Double.toString(value)).toString();
  }

  /** From 0, always below 1. */
  private static double fraction(long bits) {
    return (bits >>> 11) / FRACTIONS;
  }

  /**
   * Bits that look random and follow from the three numbers alone, on every machine and for ever:
   * SplitMix64's finalizer (Steele, Lea, Flood, OOPSLA 2014), applied to each in turn.
   */
  private static long bits(long seed, int index, int axis) {
    return mix(mix(mix(seed) + index) + axis);
  }

  private static long mix(long state) {
    long z = state + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return z ^ (z >>> 31);
  }

  @SuppressWarnings("unchecked")
  private static void put(Map<String, Object> root, List<String> path, String value) {
    Map<String, Object> at = root;
    for (String name : path.subList(0, path.size() - 1)) {
      at = (Map<String, Object>) at.computeIfAbsent(name, n -> new LinkedHashMap<String, Object>());
    }
    at.put(path.getLast(), value);
  }

  private static String text(Object node) {
    if (!(node instanceof Map<?, ?> members)) {
      return node.toString();
    }
    StringBuilder json = new StringBuilder("{");
    members.forEach((name, value) ->
        json.append(json.length() == 1 ? "" : ",")
            .append(TaskPayload.quoted(name.toString()))
            .append(':')
            .append(text(value)));
    return json.append('}').toString();
  }
}
