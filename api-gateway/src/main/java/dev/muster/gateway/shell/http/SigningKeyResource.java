package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.packaging.SigningKeys;
import dev.muster.kit.Database;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.sqlclient.Row;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The public keys by which manifests are verified. */
@Path("/api/v1/signing-keys")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class SigningKeyResource {
  private final Database database;
  private final SigningKeys keys;

  SigningKeyResource(Database database, SigningKeys keys) {
    this.database = database;
    this.keys = keys;
  }

  /**
   * A public key.
   *
   * @param keyId its name
   * @param algorithm what it is for
   * @param publicKey in PEM, as OpenSSL reads it
   * @param current whether it signs what is built now
   * @param createdAt when it was first used
   */
  public record PublicKeyView(
      String keyId, String algorithm, String publicKey, boolean current, Instant createdAt) {}

  /** All keys that ever signed, the newest first. */
  @GET
  public String list(@Context UriInfo uri) {
    Query.of(uri);
    List<PublicKeyView> found =
        database.transaction(tx -> {
          keys.publish(tx);
          List<PublicKeyView> views = new ArrayList<>();
          for (Row row :
              tx.query("SELECT * FROM gateway.signing_key ORDER BY created_at DESC, key_id")) {
            String id = row.getString("key_id");
            views.add(
                new PublicKeyView(
                    id,
                    "Ed25519",
                    pem(row.getBuffer("public_key").getBytes()),
                    id.equals(keys.id()),
                    row.get(OffsetDateTime.class, "created_at").toInstant()));
          }
          return views;
        });
    return ApiJson.text(new ListResource.Page(found, null, false));
  }

  private static String pem(byte[] key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(key)
        + "\n-----END PUBLIC KEY-----\n";
  }
}
