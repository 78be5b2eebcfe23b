package dev.muster.dispatcher.task;

import java.time.Instant;

/** Why a command changes nothing. */
public sealed interface Rejection {
  /** One sentence for the log. */
  String sentence();

  /**
   * The sender does not hold the current lease; it is counted and told so.
   *
   * @param told the sender's epoch
   * @param current the task's epoch
   */
  record StaleLease(long told, long current) implements Rejection {
    @Override
    public String sentence() {
      return "Expected a report of lease epoch " + current + ", but it is of " + told;
    }
  }

  /** The lease's end was heard before: a repeat, which is harmless. */
  record AlreadyEnded(long epoch) implements Rejection {
    @Override
    public String sentence() {
      return "Expected news of lease epoch " + epoch + ", but its end is known already";
    }
  }

  /** The command does not fit the state. */
  record WrongState(String state, String command) implements Rejection {
    @Override
    public String sentence() {
      return "Expected a state in which " + command + " is possible, but the task is " + state;
    }
  }

  /** The retry's time has not come. */
  record NotDue(Instant availableAt) implements Rejection {
    @Override
    public String sentence() {
      return "Expected the wait to be over, but it lasts until " + availableAt;
    }
  }
}
