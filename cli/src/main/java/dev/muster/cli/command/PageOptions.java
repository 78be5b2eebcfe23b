package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every list, and how its pages are asked for. */
final class PageOptions {
  @Option(names = "--limit", paramLabel = "N", description = "How many on a page.")
  private @Nullable Integer limit;

  @Option(names = "--cursor", paramLabel = "CURSOR", description = "The page to show.")
  private @Nullable String cursor;

  @Option(names = "--all", description = "All pages.")
  private boolean all;

  /**
   * The page that was asked for, or all of them as one document.
   *
   * @param path below the API, without a query
   * @param filters of {@link #filter}, put together
   * @param limitAbsent how many on a page when the user says nothing
   * @param field the field with the elements
   */
  Json read(Session session, String path, String filters, int limitAbsent, String field) {
    String first =
        path
            + "?limit="
            + (limit == null ? limitAbsent : limit)
            + filters
            + filter("cursor", cursor);
    return all ? Pages.all(session.api(), first, field) : session.api().get(first);
  }

  /** Says how to come to the next page, if there is one. */
  void hintNext(Session session, Json page) {
    if (!page.text("next_cursor").isEmpty()) {
      session.hint("More: the same with --cursor " + page.text("next_cursor") + ", or --all");
    }
  }

  /** A part of a query; nothing without a value. */
  static String filter(String name, @Nullable Object value) {
    return value == null ? "" : "&" + name + "=" + Api.encoded(value.toString());
  }
}
