package dev.muster.gateway.shell.auth;

import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.config.Secrets;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.shell.store.DatabaseWatch;
import dev.muster.kit.Database;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * Stream tickets in the database, so that any gateway redeems what another gave out, and only one
 * of them does. A ticket stands for the key that asked for it and ends with it.
 */
@ApplicationScoped
public class TicketRepository {
  private static final String PREFIX = "mt_";
  private static final int LETTERS = 40;
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private final Database database;
  private final DatabaseWatch watch;
  private final Secrets secrets;
  private final KeyVerifier keys;
  private final GatewayConfig config;

  TicketRepository(
      Database database,
      DatabaseWatch watch,
      Secrets secrets,
      KeyVerifier keys,
      GatewayConfig config) {
    this.database = database;
    this.watch = watch;
    this.secrets = secrets;
    this.keys = keys;
    this.config = config;
  }

  /**
   * A new ticket.
   *
   * @param text shown once, to who asked for it
   * @param expiresAt when it is worth nothing any more
   */
  public record Ticket(String text, Instant expiresAt) {}

  /**
   * Makes a ticket for one stream.
   *
   * @param path the stream's path
   * @throws ProblemException when too many tickets of the tenant wait to be used
   */
  public Ticket make(Principal principal, String path) {
    StringBuilder text = new StringBuilder(PREFIX);
    for (int letter : Secrets.letters(LETTERS)) {
      text.append(ALPHABET.charAt(letter));
    }
    String ticket = text.toString();
    RowSet<Row> made =
        watch.call(() ->
            database.transaction(tx -> {
              tx.later(
                  "DELETE FROM gateway.stream_ticket WHERE tenant = $1 AND expires_at < now()",
                  principal.tenant());
              return tx.query(
                  "INSERT INTO gateway.stream_ticket (mac, tenant, key_id, path, expires_at)"
                      + " SELECT $1, $2, $3, $4, now() + $5::bigint * interval '1 ms'"
                      + " WHERE (SELECT count(*) FROM gateway.stream_ticket t WHERE t.tenant = $2)"
                      + " < $6 RETURNING expires_at",
                  mac(ticket),
                  principal.tenant(),
                  principal.keyId(),
                  path,
                  config.streamTicketLife().toMillis(),
                  (long) config.streamTicketsMax());
            }));
    if (made.size() == 0) {
      throw new ProblemException(
          ProblemKind.TOO_MANY_STREAMS, "Expected tickets to be used, but too many wait for that");
    }
    return new Ticket(ticket, made.iterator().next().get(OffsetDateTime.class, 0).toInstant());
  }

  /** Whose ticket it is; afterwards it is worth nothing. Empty when it does not open this path. */
  public Optional<Principal> redeem(String ticket, String path) {
    if (!ticket.matches(PREFIX + "[0-9A-Za-z]{" + LETTERS + "}")) {
      return Optional.empty();
    }
    RowSet<Row> used =
        watch.call(() ->
            database.transaction(tx ->
                tx.query(
                    "DELETE FROM gateway.stream_ticket WHERE mac = $1 AND path = $2"
                        + " AND expires_at > now() RETURNING key_id",
                    mac(ticket),
                    path)));
    return used.size() == 0
        ? Optional.empty()
        : keys.current(used.iterator().next().getString("key_id"));
  }

  private Buffer mac(String ticket) {
    return Buffer.buffer(secrets.mac("stream ticket\n" + ticket));
  }
}
