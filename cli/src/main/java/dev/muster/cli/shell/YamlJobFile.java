package dev.muster.cli.shell;

import dev.muster.cli.view.CommandFailed;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.JsonText;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Turns a YAML job file into JSON. Works on the tree of nodes, so that no class is ever made from a
 * tag, and dates stay the text they were written as.
 */
final class YamlJobFile {
  private static final int DEPTH_MAX = 64;

  /** What the server takes at most. */
  private static final int SIZE_MAX = 64 << 20;

  private static final Pattern JSON_INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private YamlJobFile() {}

  static byte[] toJson(byte[] text, String shown) {
    try {
      var options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      options.setNestingDepthLimit(DEPTH_MAX);
      options.setCodePointLimit(SIZE_MAX);
      Node root =
          new Yaml(options).compose(new StringReader(new String(text, StandardCharsets.UTF_8)));
      if (!(root instanceof MappingNode)) {
        throw new CommandFailed(
            ExitCode.USAGE,
            "Expected a YAML mapping in " + shown + ", but it holds something else");
      }
      var out = new StringBuilder();
      write(out, root);
      return out.toString().getBytes(StandardCharsets.UTF_8);
    } catch (MarkedYAMLException e) {
      String where =
          e.getProblemMark() == null ? "" : "line " + (e.getProblemMark().getLine() + 1) + ": ";
      throw new CommandFailed(
          ExitCode.USAGE, "Expected YAML in " + shown + ", but " + where + e.getProblem());
    } catch (YAMLException e) {
      throw new CommandFailed(
          ExitCode.USAGE, "Expected YAML in " + shown + ", but " + e.getMessage());
    }
  }

  private static void write(StringBuilder out, Node node) {
    switch (node) {
      case MappingNode mapping -> {
        String separator = "{";
        for (NodeTuple entry : mapping.getValue()) {
          if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            throw new YAMLException("line " + line(node) + ": a key is no text");
          }
          if (key.getTag().equals(Tag.MERGE)) {
            throw new YAMLException("line " + line(key) + ": merge keys (<<) are not supported");
          }
          out.append(separator).append(JsonText.quote(key.getValue())).append(':');
          write(out, entry.getValueNode());
          separator = ",";
        }
        out.append(separator.equals("{") ? "{}" : "}");
      }
      case SequenceNode sequence -> {
        String separator = "[";
        for (Node item : sequence.getValue()) {
          out.append(separator);
          write(out, item);
          separator = ",";
        }
        out.append(separator.equals("[") ? "[]" : "]");
      }
      case ScalarNode scalar -> out.append(scalar(scalar));
      default -> throw new YAMLException("line " + line(node) + ": not a value");
    }
  }

  private static String scalar(ScalarNode node) {
    String text = node.getValue();
    Tag tag = node.getTag();
    if (tag.equals(Tag.NULL)) {
      return "null";
    }
    if (tag.equals(Tag.BOOL)) {
      // YAML 1.1 also reads yes and on as true; a job file means the word.
      boolean json = text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
      return json ? text.toLowerCase(java.util.Locale.ROOT) : JsonText.quote(text);
    }
    if (tag.equals(Tag.INT)) {
      return JSON_INTEGER.matcher(text).matches() ? text : integer(node, text);
    }
    if (tag.equals(Tag.FLOAT)) {
      return JSON_NUMBER.matcher(text).matches() ? text : number(node, text);
    }
    return JsonText.quote(text);
  }

  private static String integer(ScalarNode node, String text) {
    String digits = text.replace("_", "").replace("+", "");
    try {
      return digits.startsWith("0x")
          ? new BigInteger(digits.substring(2), 16).toString()
          : new BigInteger(digits).toString();
    } catch (NumberFormatException e) {
      throw new YAMLException("line " + line(node) + ": " + text + " is no number JSON knows");
    }
  }

  private static String number(ScalarNode node, String text) {
    try {
      double value = Double.parseDouble(text.replace("_", ""));
      if (Double.isFinite(value)) {
        return Double.toString(value);
      }
    } catch (NumberFormatException e) {
      // Said below: .inf, .nan and sexagesimal numbers end there too.
    }
    throw new YAMLException("line " + line(node) + ": " + text + " is no number JSON knows");
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }
}
