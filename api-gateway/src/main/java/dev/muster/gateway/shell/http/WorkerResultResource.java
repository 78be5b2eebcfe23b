package dev.muster.gateway.shell.http;

import dev.muster.contracts.id.AttemptRef;
import dev.muster.gateway.shell.artifact.AttemptFacts;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.kit.Database;
import dev.muster.kit.Tx;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Row;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Results of a job for its own attempts: the inputs of a reduce task. They are there when it runs,
 * since its stage is planned when the one before is complete.
 */
@Path("/worker/v1/results")
@RunOnVirtualThread
public class WorkerResultResource {
  private static final int INDEX_MAX = 999_999;
  private static final int ROWS_MAX = 1_000;

  /** About the most bytes of an answer; a single result may have 1 MiB. */
  private static final int BYTES_MAX = 2 * 1024 * 1024;

  private static final String PAGE =
      """
      SELECT index, result FROM (
        SELECT index, result, row_number() OVER rows AS n, sum(octet_length(result)) OVER rows AS bytes
        FROM (
          SELECT index, result FROM aggregator.task
          WHERE job_id = $1 AND index BETWEEN $2 AND $3 AND state = 'SUCCEEDED'
            AND result IS NOT NULL
          ORDER BY index LIMIT $4) AS page
        WINDOW rows AS (ORDER BY index)) AS sized
      WHERE n = 1 OR bytes <= $5
      ORDER BY index
      """;

  private final AttemptRights rights;
  private final Database database;

  WorkerResultResource(AttemptRights rights, Database database) {
    this.rights = rights;
    this.database = database;
  }

  /** As many results from {@code first} on as fit into an answer, at least one, one a line. */
  @GET
  @Produces("application/x-ndjson")
  public Response results(@Context RoutingContext context, @Context UriInfo uri) {
    AttemptRef attempt = rights.of(context).attempt();
    Query query = Query.of(uri, "first", "last");
    int first = query.integer("first", 0, INDEX_MAX, 0);
    int last = query.integer("last", 0, INDEX_MAX, INDEX_MAX);
    query.check();
    byte[] lines = database.transaction(tx -> lines(tx, attempt, first, last));
    return Response.ok(lines).header("X-Artifact-Sha256", sha256(lines)).build();
  }

  private static byte[] lines(Tx tx, AttemptRef attempt, int first, int last) {
    if (!AttemptFacts.isCurrent(tx, attempt)) {
      throw new ProblemException(
          ProblemKind.ATTEMPT_NOT_CURRENT,
          "Expected the attempt that the task runs, but it is over or another one runs");
    }
    StringBuilder lines = new StringBuilder();
    int next = first;
    for (Row row : tx.query(PAGE, attempt.job().value(), first, last, ROWS_MAX, BYTES_MAX)) {
      int index = row.getInteger("index");
      if (index != next) {
        break;
      }
      next = index + 1;
      // A document may be written over several lines; JSON has no line break inside a string.
      String result = row.getString("result").replace('\n', ' ').replace('\r', ' ');
      lines.append("{\"index\":").append(index).append(",\"result\":").append(result).append("}\n");
    }
    if (next == first) {
      throw ProblemException.notFound("result");
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }
}
