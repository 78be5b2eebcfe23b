package dev.muster.cli.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A table in columns of equal width, two spaces apart; ids are never cut or wrapped. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();
  private final boolean colour;

  /**
   * @param colour whether status words are coloured
   * @param headers the columns' names
   */
  public Table(boolean colour, String... headers) {
    this.colour = colour;
    rows.add(Arrays.stream(headers).map(header -> header.toUpperCase(Locale.ROOT)).toList());
  }

  /** Adds a row; control characters in cells are shown as a mark, so that no text can act. */
  public Table row(String... cells) {
    rows.add(Arrays.stream(cells).map(Table::plain).toList());
    return this;
  }

  /** The lines, each ended. */
  public String render() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    var out = new StringBuilder();
    for (List<String> row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = row.get(i);
        line.append(colour ? Colours.ofStatus(cell) : cell);
        line.repeat(" ", widths[i] - width(cell) + 2);
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  /** A text without control characters and line ends. */
  public static String plain(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        if (out == null) {
          out = new StringBuilder(text);
        }
        out.setCharAt(i, text.charAt(i) == '\n' ? ' ' : '?');
      }
    }
    return out == null ? text : out.toString();
  }

  /** The first characters of a text, with a mark where something was left out. */
  public static String cut(String text, int max) {
    if (text.codePointCount(0, text.length()) <= max) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, max - 3)) + "...";
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
