package dev.muster.agent.shell;

import dev.muster.contracts.worker.MailEvent.WorkerWelcomed;

/**
 * The agent's standing with the dispatcher: its incarnation, whether it was welcomed, and when the
 * broker last had word from it. Contact counts from the moment the acknowledged record was made,
 * never later, so the agent fences itself before its leases end.
 */
final class Session {
  private static final long HEARTBEAT_MILLIS_FIRST = 1_000;

  private long incarnation;
  private boolean welcomed;
  private boolean fenced;
  private long leaseNanos;
  private long heartbeatMillis = HEARTBEAT_MILLIS_FIRST;
  private long contactNanos;
  private boolean contacted;

  /** Begins anew; all mail for former incarnations is void. */
  synchronized void begin(long newIncarnation) {
    incarnation = newIncarnation;
    welcomed = false;
    fenced = false;
    contacted = false;
    heartbeatMillis = HEARTBEAT_MILLIS_FIRST;
  }

  /** The broker acknowledged a word of this incarnation that was made then. */
  synchronized void contacted(long ofIncarnation, long madeNanos) {
    if (ofIncarnation == incarnation && (!contacted || madeNanos - contactNanos > 0)) {
      contactNanos = madeNanos;
      contacted = true;
    }
  }

  /**
   * The dispatcher accepted the registration.
   *
   * @return whether this was news
   */
  synchronized boolean welcome(WorkerWelcomed welcome, long nowNanos) {
    if (fenced || welcome.incarnation() != incarnation) {
      return false;
    }
    boolean news = !welcomed;
    if (!contacted) {
      // The answer overtook the broker's acknowledgement of the question.
      contactNanos = nowNanos;
      contacted = true;
    }
    welcomed = true;
    leaseNanos = welcome.leaseMillis() * 1_000_000;
    heartbeatMillis = Math.max(1, welcome.heartbeatMillis());
    return news;
  }

  /** Whether mail for an incarnation is to be obeyed. */
  synchronized boolean accepts(long mailIncarnation) {
    return welcomed && !fenced && mailIncarnation == incarnation;
  }

  /**
   * Fences the session when five sixths of the lease went by without contact.
   *
   * @return whether that happened just now
   */
  synchronized boolean fenceIfDue(long nowNanos) {
    if (!welcomed || fenced || nowNanos - contactNanos <= leaseNanos / 6 * 5) {
      return false;
    }
    fenced = true;
    return true;
  }

  synchronized long incarnation() {
    return incarnation;
  }

  synchronized boolean isWelcomed() {
    return welcomed && !fenced;
  }

  synchronized boolean isFenced() {
    return fenced;
  }

  synchronized long heartbeatMillis() {
    return heartbeatMillis;
  }
}
