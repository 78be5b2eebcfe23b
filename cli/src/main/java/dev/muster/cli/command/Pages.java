package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.view.Json;

/** Puts the pages of a list together. */
final class Pages {
  private Pages() {}

  /**
   * One document with the elements of all pages.
   *
   * @param path below the API, with a query
   * @param field the field with the elements
   */
  static Json all(Api api, String path, String field) {
    Json document = api.get(path);
    String cursor = document.text("next_cursor");
    while (!cursor.isEmpty()) {
      Json page = api.get(path + "&cursor=" + Api.encoded(cursor));
      document =
          document
              .withMore(field, page.list(field))
              .with("next_cursor", page.at("next_cursor"))
              .with("has_more", page.at("has_more"));
      cursor = page.text("next_cursor");
    }
    return document;
  }
}
