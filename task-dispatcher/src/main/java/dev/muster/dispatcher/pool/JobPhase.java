package dev.muster.dispatcher.pool;

/** What may still happen to a job here. */
public enum JobPhase {
  /** Its tasks are leased and tried. */
  OPEN,
  /** Nothing new starts; live attempts are being ended; then it is stopped and said so. */
  CANCELING,
  /** Cancelled, no attempt lives, none ever will; waits for the job's last event. */
  STOPPED,
  /** The job is over for everyone else, but attempts still live; then it is dropped. */
  CLOSING
}
