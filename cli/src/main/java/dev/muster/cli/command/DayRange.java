package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Days that a command is about.
 *
 * @param from the first, null for the beginning
 * @param to the last, null for today
 */
record DayRange(@Nullable String from, @Nullable String to) {
  /** A path with these days as its query, and more parameters. */
  String on(String path, String... parameters) {
    var query = new StringJoiner("&");
    for (String parameter : parameters) {
      query.add(parameter);
    }
    if (from != null) {
      query.add("from=" + Api.encoded(from));
    }
    if (to != null) {
      query.add("to=" + Api.encoded(to));
    }
    return query.length() == 0 ? path : path + "?" + query;
  }
}
