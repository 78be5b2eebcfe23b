package dev.muster.aggregator.shell.webhook;

import dev.muster.aggregator.webhook.Answer;
import dev.muster.contracts.egress.EgressRules;
import dev.muster.contracts.egress.TargetUrl;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Posts to URLs that users chose. The name is looked up once for a call, every address it stands
 * for is checked, and the connection goes to the very address that was checked; name and
 * certificate are still those of the URL. Redirects are not followed, answers are not unpacked,
 * proxies of the environment are not used, and the whole call has one deadline.
 */
final class WebhookCaller implements AutoCloseable {
  private static final int HEADER_BYTES_MAX = 16 * 1024;

  private final HttpClient client;
  private final HostResolver resolver;
  private final EgressRules rules;
  private final Duration timeout;

  WebhookCaller(
      Vertx vertx, HostResolver resolver, EgressRules rules, Duration timeout, int inFlightMax) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(false)
                .setMaxPoolSize(inFlightMax)
                .setConnectTimeout((int) timeout.toMillis())
                .setForceSni(true)
                .setVerifyHost(true)
                .setMaxRedirects(0)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxInitialLineLength(4096)
                .setMaxChunkSize(8192)
                .setReceiveBufferSize(32 * 1024));
    this.resolver = resolver;
    this.rules = rules;
    this.timeout = timeout;
  }

  /** Posts the body; total: whatever happens is a reply, and it comes before the deadline. */
  Reply post(String text, Map<String, String> headers, byte[] body) {
    long deadline = System.nanoTime() + timeout.toNanos();
    if (!(TargetUrl.check(text, rules) instanceof TargetUrl.Checked.Allowed(TargetUrl url))) {
      return Reply.failed(Answer.Fault.NOT_ALLOWED);
    }
    try {
      List<InetAddress> addresses = resolve(url, deadline);
      for (InetAddress address : addresses) {
        if (rules.refusal(url, address).isPresent()) {
          return Reply.failed(Answer.Fault.NOT_ALLOWED);
        }
      }
      return exchange(url, pick(addresses), headers, body, deadline);
    } catch (ExecutionException e) {
      return Reply.failed(isTls(e) ? Answer.Fault.TLS : Answer.Fault.UNREACHABLE);
    } catch (TimeoutException e) {
      return Reply.failed(Answer.Fault.UNREACHABLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.failed(Answer.Fault.UNREACHABLE);
    }
  }

  /** A resolver may hang; it is left behind then. */
  private List<InetAddress> resolve(TargetUrl url, long deadline)
      throws ExecutionException, TimeoutException, InterruptedException {
    Optional<InetAddress> literal = url.address();
    if (literal.isPresent()) {
      return List.of(literal.get());
    }
    CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        found.complete(resolver.resolve(url.host()));
      } catch (UnknownHostException | RuntimeException e) {
        found.completeExceptionally(e);
      }
    });
    return found.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private static InetAddress pick(List<InetAddress> addresses) {
    return addresses.stream()
        .filter(Inet4Address.class::isInstance)
        .findFirst()
        .orElseGet(addresses::getFirst);
  }

  private Reply exchange(
      TargetUrl url, InetAddress address, Map<String, String> headers, byte[] body, long deadline)
      throws ExecutionException, TimeoutException, InterruptedException {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, url.port())))
            .setHost(url.host())
            .setPort(url.port())
            .setSsl(url.isTls())
            .setURI(url.path())
            .setFollowRedirects(false);
    headers.forEach(options::putHeader);
    WebhookExchange exchange = new WebhookExchange(body);
    client.request(options).onComplete(exchange::begin);
    try {
      return exchange.reply(deadline - System.nanoTime());
    } finally {
      exchange.cutOff();
    }
  }

  private static boolean isTls(@Nullable Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException || cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    client.close();
  }
}
