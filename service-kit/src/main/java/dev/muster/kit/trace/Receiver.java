package dev.muster.kit.trace;

import java.util.Map;

/** What the standard variables say of the receiver of traces. */
final class Receiver {
  private Receiver() {}

  /** Whether there is one that is wanted. */
  static boolean isNamed(Map<String, String> environment) {
    boolean named =
        isSet(environment, "OTEL_EXPORTER_OTLP_ENDPOINT")
            || isSet(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    return named
        && !"true".equalsIgnoreCase(environment.get("OTEL_SDK_DISABLED"))
        && !"none".equals(environment.get("OTEL_TRACES_EXPORTER"));
  }

  private static boolean isSet(Map<String, String> environment, String name) {
    String value = environment.get(name);
    return value != null && !value.isBlank();
  }
}
