package dev.muster.gateway.shell.http;

import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Lets Netty look for {@link UnreadableRequests}. Netty reads the property when it makes its first
 * connection, and Vert.x is made before that.
 */
@ApplicationScoped
public class NettyExtensions implements VertxOptionsCustomizer {
  private static final String PROPERTY = "io.netty.bootstrap.extensions";

  @Override
  public void accept(VertxOptions options) {
    if (System.getProperty(PROPERTY) == null) {
      System.setProperty(PROPERTY, "serviceload");
    }
  }
}
