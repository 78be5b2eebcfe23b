package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** What is asked for all jobs of a tenant, page by page; a repeat does no harm. */
final class WholeTenant {
  private WholeTenant() {}

  /**
   * Asks until there are no more jobs.
   *
   * @param work the last word of the path, and of what is printed
   */
  static ExitCode ask(Session session, String work) {
    byte[] nothing = "{}".getBytes(StandardCharsets.UTF_8);
    long jobs = 0;
    String cursor = "";
    Json page;
    do {
      page = session.api().post("/admin/" + work + cursor, nothing, UUID.randomUUID().toString());
      jobs += page.integer("requested");
      cursor = "?cursor=" + Api.encoded(page.text("next_cursor"));
    } while (!page.text("next_cursor").isEmpty());
    long all = jobs;
    session.print(page, () -> work + " is asked for " + all + " jobs\n");
    return ExitCode.OK;
  }
}
