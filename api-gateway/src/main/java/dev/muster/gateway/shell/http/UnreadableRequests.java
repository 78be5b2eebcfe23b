package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.json.ApiJson;
import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * Gives a body to the errors that Vert.x answers before it has a request to hand on: a broken or
 * too long request line, too many headers, a length that contradicts itself. It answers them from
 * within, without a hook of its own, so this sits in the connection's pipeline and completes what
 * comes out without a body. Found by Netty as a service; {@link NettyExtensions} asks it to look.
 */
public final class UnreadableRequests extends ChannelInitializerExtension {
  private static final String HTTP_ENCODER = "httpEncoder";
  private static final String VERTX = "handler";

  @Override
  public void postInitializeServerChildChannel(Channel channel) {
    channel.pipeline().addFirst(new Arrival());
  }

  /** Waits until Vert.x has set the pipeline up, puts {@link Completion} into it, and goes. */
  private static final class Arrival extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
      ChannelPipeline pipeline = context.pipeline();
      if (pipeline.get(HTTP_ENCODER) != null && pipeline.get(VERTX) != null) {
        pipeline.addBefore(VERTX, "problems", Completion.INSTANCE);
      }
      super.channelActive(context);
      pipeline.remove(this);
    }
  }

  @Sharable
  private static final class Completion extends ChannelOutboundHandlerAdapter {
    static final Completion INSTANCE = new Completion();

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
        throws Exception {
      if (message instanceof FullHttpResponse response && isBareError(response)) {
        FullHttpResponse problem = problem(response);
        ReferenceCountUtil.release(message);
        super.write(context, problem, promise);
      } else {
        super.write(context, message, promise);
      }
    }

    private static boolean isBareError(FullHttpResponse response) {
      return response.status().code() >= 400
          && !response.content().isReadable()
          && !response.headers().contains(HttpHeaderNames.CONTENT_TYPE);
    }

    private static FullHttpResponse problem(FullHttpResponse bare) {
      String requestId = HttpEdge.newRequestId();
      byte[] body =
          ApiJson.text(Problems.ofStatus(bare.status().code()).in("/", requestId))
              .getBytes(StandardCharsets.UTF_8);
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              bare.protocolVersion(), bare.status(), Unpooled.wrappedBuffer(body));
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, ProblemWriter.MEDIA_TYPE)
          .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
          .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
          .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
          .set("X-Content-Type-Options", "nosniff")
          .set("X-Request-Id", requestId);
      return response;
    }
  }
}
