package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.FieldError;
import dev.muster.gateway.submission.JsonValue;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Pattern;

/** Which stream a ticket is asked for. */
@Singleton
public class TicketQuery {
  private static final Pattern STREAM =
      Pattern.compile(
          "/api/(v1/)?events|/api/v1/jobs/watch|/v1/jobs/ws"
              + "|/api/v1/jobs/[0-9A-Za-z_]{1,40}/stream"
              + "|/api/v1/projects/[0-9A-Za-z._-]{1,100}/stream");

  private final Requests requests;

  TicketQuery(Requests requests) {
    this.requests = requests;
  }

  /** The path of the body {@code {"path": "/api/v1/…"}}. */
  public String path(InputStream in, HttpHeaders headers, UriInfo uri) {
    Query.of(uri);
    return requests.withBody(headers, in, TicketQuery::path);
  }

  private static String path(RequestBody body) {
    JsonValue root = JsonBody.read(body, BodyShape.PLAIN).root();
    if (root instanceof JsonValue.Fields fields
        && fields.members().size() == 1
        && fields.members().containsKey("path")
        && fields.members().get("path").value() instanceof JsonValue.Text path
        && STREAM.matcher(path.text()).matches()) {
      return path.text();
    }
    throw new ProblemException(
        ProblemKind.VALIDATION,
        "Expected the path of a stream",
        List.of(
            new FieldError(
                "/path", "stream", "Expected one field, path, with the path of a stream")));
  }
}
