package dev.muster.planner.plan;

import java.util.List;

/** The answer to a command. */
public sealed interface Decision {
  /**
   * Something was decided.
   *
   * @param facts in order, at least one
   */
  record Accepted(List<PlanFact> facts) implements Decision {
    public Accepted {
      facts = List.copyOf(facts);
    }
  }

  /**
   * The command changes nothing.
   *
   * @param reason why
   */
  record Rejected(Rejection reason) implements Decision {}

  /** Why a command changes nothing. */
  enum Rejection {
    /** The job has its plan already. */
    ALREADY_PLANNED("Expected a job without a plan, but it has one"),
    /** These items came before. */
    ITEMS_KNOWN("Expected items that are new, but they came before"),
    /** The stage after it is planned already, or there is none. */
    STAGE_KNOWN("Expected a stage that others wait for, but none does"),
    /** The job waits for none of these, or has its plan already. */
    PARENTS_KNOWN("Expected parents that the job waits for, but it waits for none of them"),
    /** The job is over, or on its way there. */
    JOB_CLOSED("Expected a job that goes on, but it is over");

    private final String sentence;

    Rejection(String sentence) {
      this.sentence = sentence;
    }

    /** One sentence. */
    public String sentence() {
      return sentence;
    }
  }
}
