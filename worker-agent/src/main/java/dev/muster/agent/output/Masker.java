package dev.muster.agent.output;

import dev.muster.agent.output.Mask.Rule;

/**
 * Applies a {@link Mask} to a stream of text. The result is the same however the text is cut into
 * pieces: an end that may be the beginning of something hidden is held back until the next piece
 * shows what it is.
 */
final class Masker {
  private final Mask mask;
  private String held = "";

  /** Whether the character before {@link #held} is part of a word. */
  private boolean inWord;

  Masker(Mask mask) {
    this.mask = mask;
  }

  /** Takes the next piece and returns what can be shown by now. */
  String accept(String text) {
    if (text.isEmpty() || mask.rules().isEmpty()) {
      return text;
    }
    String all = held.isEmpty() ? text : held + text;
    return held.isEmpty() && isHarmless(text) ? shown(text) : scan(all, false);
  }

  /** The stream ended: what is held is shown. */
  String end() {
    return held.isEmpty() ? "" : scan(held, true);
  }

  /** Most pieces hold not even the first character of anything hidden. */
  private boolean isHarmless(String text) {
    for (Rule rule : mask.rules()) {
      if (text.indexOf(rule.hidden().charAt(0)) >= 0) {
        return false;
      }
    }
    return true;
  }

  private String shown(String text) {
    inWord = isWord(text.charAt(text.length() - 1));
    return text;
  }

  private String scan(String all, boolean last) {
    StringBuilder out = new StringBuilder(all.length());
    int at = 0;
    while (at < all.length()) {
      Rule found = null;
      for (Rule rule : mask.rules()) {
        Match match = match(rule, all, at, last);
        if (match == Match.UNDECIDED) {
          held = all.substring(at);
          return out.toString();
        }
        if (match == Match.YES) {
          found = rule;
          break;
        }
      }
      at = found == null ? copy(all, at, out) : replace(found, at, out);
    }
    held = "";
    return out.toString();
  }

  private int copy(String all, int at, StringBuilder out) {
    out.append(all.charAt(at));
    inWord = isWord(all.charAt(at));
    return at + 1;
  }

  private int replace(Rule rule, int at, StringBuilder out) {
    out.append(rule.shown());
    inWord = isWord(rule.hidden().charAt(rule.hidden().length() - 1));
    return at + rule.hidden().length();
  }

  private enum Match {
    NO,
    YES,
    UNDECIDED
  }

  private Match match(Rule rule, String all, int at, boolean last) {
    String hidden = rule.hidden();
    int there = Math.min(hidden.length(), all.length() - at);
    if (!all.regionMatches(at, hidden, 0, there) || (rule.wholeWord() && inWord)) {
      return Match.NO;
    }
    if (there < hidden.length()) {
      return last ? Match.NO : Match.UNDECIDED;
    }
    int behind = at + hidden.length();
    if (!rule.wholeWord() || (behind == all.length() && last)) {
      return Match.YES;
    }
    if (behind == all.length()) {
      return Match.UNDECIDED;
    }
    return isWord(all.charAt(behind)) ? Match.NO : Match.YES;
  }

  private static boolean isWord(char character) {
    return Character.isLetterOrDigit(character) || character == '_' || character == '-';
  }
}
