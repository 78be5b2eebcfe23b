package dev.muster.gateway.shell.store;

import dev.muster.contracts.egress.EgressRules;
import dev.muster.gateway.shell.config.WebhookSecrets;
import dev.muster.gateway.submission.Submission;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sees to it that what goes to a {@code callback_url} can be signed: before the first job of a
 * tenant that has one, the tenant gets the endpoint that signs. Jobs without a callback cost
 * nothing, later ones a look into memory; what is remembered there is in the database as well.
 */
@Singleton
public class Callbacks {
  private static final int REMEMBERED_MAX = 10_000;

  private final WebhookRepository webhooks;
  private final WebhookSecrets secrets;
  private final Set<String> prepared = ConcurrentHashMap.newKeySet();

  Callbacks(WebhookRepository webhooks, WebhookSecrets secrets) {
    this.webhooks = webhooks;
    this.secrets = secrets;
  }

  /** Which hosts a callback may go to. */
  public EgressRules rules() {
    return secrets.rules();
  }

  /** Call it before the submission is committed. */
  public void prepare(Submission submission) {
    String tenant = submission.spec().tenant();
    if (submission.spec().callbackUrl() == null || prepared.contains(tenant)) {
      return;
    }
    webhooks.ensureCallback(tenant);
    if (prepared.size() >= REMEMBERED_MAX) {
      prepared.clear();
    }
    prepared.add(tenant);
  }
}
