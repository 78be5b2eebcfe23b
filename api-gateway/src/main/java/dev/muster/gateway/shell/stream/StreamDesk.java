package dev.muster.gateway.shell.stream;

import dev.muster.gateway.key.Scope;
import dev.muster.gateway.shell.auth.CredentialDesk;
import dev.muster.gateway.shell.auth.KeyVerifier;
import dev.muster.gateway.shell.auth.Principal;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import io.vertx.core.MultiMap;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Opens streams. Before the first byte leaves, whatever happens from then on is certain to reach
 * the stream: the readers of Kafka and of the database stand.
 */
@Singleton
public class StreamDesk {
  private static final long FOLLOWED_SECONDS_MAX = 5;

  private final Channels channels;
  private final UpdateReader updates;
  private final EventFollower follower;
  private final StreamLimits limits;
  private final KeyVerifier keys;
  private final GatewayConfig config;

  StreamDesk(
      Channels channels,
      UpdateReader updates,
      EventFollower follower,
      StreamLimits limits,
      KeyVerifier keys,
      GatewayConfig config) {
    this.channels = channels;
    this.updates = updates;
    this.follower = follower;
    this.limits = limits;
    this.keys = keys;
    this.config = config;
  }

  /**
   * Who opens a stream.
   *
   * @param principal whose key or ticket it is
   * @param peer the other end of the connection
   * @param headers of the request
   */
  record Visitor(Principal principal, SocketAddress peer, MultiMap headers) {}

  /** Serves the stream of a job to its end. */
  void job(Visitor visitor, String job, Teller teller, Function<Bell, Sink> sink) {
    try (StreamLimits.Place place =
        limits.enter(visitor.principal(), visitor.peer(), visitor.headers())) {
      serve(visitor, channels.ofJob(visitor.principal().tenant(), job), teller, sink);
    }
  }

  /** Serves a stream of many jobs to its end. */
  void feed(Visitor visitor, boolean output, Teller teller, Function<Bell, Sink> sink) {
    try (StreamLimits.Place place =
        limits.enter(visitor.principal(), visitor.peer(), visitor.headers())) {
      serve(visitor, channels.ofTenant(visitor.principal().tenant(), output), teller, sink);
    }
  }

  private void serve(
      Visitor visitor,
      Channels.Subscription subscription,
      Teller teller,
      Function<Bell, Sink> sink) {
    try {
      awaitReaders(subscription);
      new StreamSession(
              channels,
              subscription,
              sink.apply(subscription.bell()),
              teller,
              () -> isAllowed(visitor.principal()),
              config)
          .run();
    } finally {
      channels.release(subscription);
    }
  }

  private void awaitReaders(Channels.Subscription subscription) {
    try {
      updates.await();
      follower.ring();
      subscription.channel().followed().get(FOLLOWED_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notNow();
    } catch (TimeoutException e) {
      throw notNow();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ProblemException notNow() {
    return new ProblemException(
        ProblemKind.UNAVAILABLE,
        "Expected to follow the events of jobs, but the database does not answer; try again");
  }

  private boolean isAllowed(Principal principal) {
    return keys.current(principal.keyId())
        .filter(now -> now.tenant().equals(principal.tenant()))
        .filter(now -> CredentialDesk.mayCall(now, Scope.READ))
        .isPresent();
  }
}
