package dev.muster.contracts.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a shape only grew. Allowed are new optional members, new words of an enum, new events of
 * a family and other descriptions; whoever reads must let unknown ones pass. Everything else would
 * break a reader of the published shape, or make records unreadable that were published before.
 */
final class Compatibility {
  private static final Set<String> FREE = Set.of("description", "title", "examples");

  private final List<String> breaks = new ArrayList<>();

  private Compatibility() {}

  /** What breaks, one sentence each; empty when the new shape may replace the published one. */
  static List<String> breaks(JsonNode published, JsonNode now) {
    Compatibility check = new Compatibility();
    check.compare("", published, now);
    return check.breaks;
  }

  private void compare(String place, JsonNode published, JsonNode now) {
    for (Map.Entry<String, JsonNode> member : published.properties()) {
      String name = member.getKey();
      String at = place + "/" + name;
      JsonNode then = now.get(name);
      switch (name) {
        case "properties", "$defs" -> members(at, member.getValue(), then);
        case "required" -> same(at, asSet(member.getValue()), asSet(then));
        case "enum", "oneOf" -> grows(at, asSet(member.getValue()), asSet(then));
        default -> {
          if (!FREE.contains(name)) {
            value(at, member.getValue(), then);
          }
        }
      }
    }
    for (Map.Entry<String, JsonNode> member : now.properties()) {
      if (!published.has(member.getKey())
          && !FREE.contains(member.getKey())
          && !member.getKey().equals("$defs")) {
        breaks.add("Expected no new rule at " + place + ", but got " + member.getKey());
      }
    }
  }

  private void members(String place, JsonNode published, JsonNode now) {
    for (Map.Entry<String, JsonNode> member : published.properties()) {
      JsonNode then = now == null ? null : now.get(member.getKey());
      if (then == null) {
        breaks.add("Expected " + place + "/" + member.getKey() + " to stay, but it is gone");
      } else {
        compare(place + "/" + member.getKey(), member.getValue(), then);
      }
    }
  }

  private void value(String place, JsonNode published, JsonNode now) {
    if (published.isObject() && now != null && now.isObject()) {
      compare(place, published, now);
    } else if (!published.equals(now)) {
      breaks.add("Expected " + place + " to stay " + published + ", but it is " + now);
    }
  }

  private void same(String place, Set<String> published, Set<String> now) {
    if (!published.equals(now)) {
      breaks.add("Expected " + place + " to stay " + published + ", but it is " + now);
    }
  }

  private void grows(String place, Set<String> published, Set<String> now) {
    if (!now.containsAll(published)) {
      breaks.add("Expected " + place + " to keep " + published + ", but it is " + now);
    }
  }

  private static Set<String> asSet(JsonNode array) {
    Set<String> values = new HashSet<>();
    if (array != null) {
      array.forEach(value -> values.add(value.toString()));
    }
    return values;
  }
}
