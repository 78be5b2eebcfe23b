package dev.muster.gateway.shell.stream;

import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.kit.DatabaseUnavailableException;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * One reader's stream, on a thread that may block: how things stand, then what the channel brings.
 * It keeps nothing for its reader, only where in the channel it is.
 */
final class StreamSession {
  private static final Logger LOG = Logger.getLogger(StreamSession.class);

  private final Channels channels;
  private final Channels.Subscription subscription;
  private final Sink sink;
  private final Teller teller;
  private final BooleanSupplier allowed;
  private final long heartbeatNanos;
  private final long checkNanos;
  private Ring.Mark mark;

  /**
   * @param allowed whether the reader may go on reading
   */
  StreamSession(
      Channels channels,
      Channels.Subscription subscription,
      Sink sink,
      Teller teller,
      BooleanSupplier allowed,
      GatewayConfig config) {
    this.channels = channels;
    this.subscription = subscription;
    this.sink = sink;
    this.teller = teller;
    this.allowed = allowed;
    this.heartbeatNanos = config.streamHeartbeat().toNanos();
    this.checkNanos = config.streamKeyCheck().toNanos();
    this.mark = subscription.begin();
  }

  /** Runs until the teller is done, the reader is gone or not allowed, or the gateway stops. */
  void run() {
    try {
      sink.open();
      teller.begin(sink);
      sink.flush();
      follow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DatabaseUnavailableException e) {
      LOG.debugf("Expected to go on with a stream, but %s; its reader comes again", e.getMessage());
    }
  }

  private boolean goesOn() {
    return !teller.isDone() && sink.isOpen() && !channels.isClosing();
  }

  private void follow() throws InterruptedException {
    long spoken = System.nanoTime();
    long checked = spoken;
    while (goesOn()) {
      if (drain()) {
        spoken = System.nanoTime();
      } else {
        long silent = System.nanoTime();
        subscription
            .bell()
            .await(Math.min(heartbeatNanos - (silent - spoken), checkNanos - (silent - checked)));
      }
      long now = System.nanoTime();
      if (now - spoken >= heartbeatNanos && goesOn()) {
        sink.heartbeat();
        spoken = now;
      }
      if (now - checked >= checkNanos && goesOn()) {
        checked = now;
        if (!isAllowed()) {
          sink.event(null, JobMessages.message("reauth", new Reauth("key-revoked")));
          sink.flush();
          return;
        }
      }
    }
  }

  /** Tells what lies in the channel; whether there was anything. */
  private boolean drain() throws InterruptedException {
    Ring.Slice slice = subscription.channel().ring().read(mark);
    mark = slice.next();
    if (slice.lost()) {
      if (slice.telemetryLost() > 0) {
        sink.event(null, GapNote.slowReader(slice.telemetryLost()));
      }
      teller.recover(sink);
    }
    for (Entry entry : slice.entries()) {
      if (!goesOn()) {
        break;
      }
      teller.tell(entry, sink);
    }
    sink.flush();
    return slice.lost() || !slice.entries().isEmpty();
  }

  private boolean isAllowed() {
    try {
      return allowed.getAsBoolean();
    } catch (DatabaseUnavailableException e) {
      return true; // nobody says no; asked again soon
    }
  }

  /**
   * Why a reader has to come again with another credential.
   *
   * @param reason a word for programs
   */
  record Reauth(String reason) {}
}
