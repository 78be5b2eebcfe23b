package dev.muster.kit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Work that nobody waits for, done now and then on a thread of its own. A round that fails is
 * logged and left to the next one, so the work must be safe to begin again.
 */
public final class Chore implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Chore.class);

  private final String goal;
  private final Duration every;
  private final Runnable round;
  private final Thread thread;
  private volatile boolean running = true;

  /**
   * @param name of the thread
   * @param goal what a round does, as it goes into «Expected to …»
   * @param every the pause before each round
   * @param round does all there is to do; long rounds ask {@link #isRunning} between steps
   */
  public Chore(String name, String goal, Duration every, Runnable round) {
    this.goal = goal;
    this.every = every;
    this.round = round;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  /** Starts the pause before the first round. */
  public void start() {
    thread.start();
  }

  /** There is something to do: ends the pause. */
  public void wake() {
    LockSupport.unpark(thread);
  }

  /** False from the moment it is closed. */
  public boolean isRunning() {
    return running;
  }

  /** Ends the round under way at its next wait. */
  @Override
  public void close() {
    running = false;
    thread.interrupt();
  }

  private void run() {
    while (running) {
      LockSupport.parkNanos(every.toNanos());
      if (!running) {
        return;
      }
      try {
        round.run();
      } catch (DatabaseUnavailableException e) {
        LOG.debugf("Expected to %s, but %s; next time", goal, e.getMessage());
      } catch (RuntimeException e) {
        if (running) {
          LOG.errorf(e, "Expected to %s, but it failed; next time", goal);
        }
      }
    }
  }
}
