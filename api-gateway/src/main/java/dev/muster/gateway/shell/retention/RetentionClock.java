package dev.muster.gateway.shell.retention;

import dev.muster.kit.Tx;
import java.time.Instant;

/** Says what time it is for results whose time may be over; tests have one that they can move. */
public interface RetentionClock {
  /** The time of a transaction. */
  Instant now(Tx tx);
}
