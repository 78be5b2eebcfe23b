package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.JobCommand;
import dev.muster.aggregator.job.JobFacts;
import dev.muster.aggregator.live.LiveFold;
import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobState;
import dev.muster.kit.Tx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Brings a job that is ready for it to its end, result package included, in one transaction. */
final class Conclusion {
  /** Jobs that are asked about in one round trip; bounds what lies in memory. */
  private static final int TOGETHER = 16;

  private Conclusion() {}

  /** Concludes small jobs at once: their rows are read in the transaction that made them ready. */
  static void atOnce(Tx tx, JobBatch batch, List<JobId> jobs) {
    for (int from = 0; from < jobs.size(); from += TOGETHER) {
      Map<JobId, Supplier<DigestReader.Digest>> asked = new LinkedHashMap<>();
      for (JobId job : jobs.subList(from, Math.min(jobs.size(), from + TOGETHER))) {
        settle(tx, batch.facts(job));
        asked.put(job, new DigestReader(tx::ask).ask(job, batch.design(job)));
      }
      asked.forEach((job, digest) -> with(tx, batch, job, digest.get()));
    }
  }

  /** Tasks of a cancelled job that have not ended never will; only then its rows stand still. */
  static void settle(Tx tx, JobFacts job) {
    if (job.state() == JobState.CANCELING) {
      new TaskRepository().cancelRest(tx, job.job());
    }
  }

  /**
   * Computes the package of an ended job once more, from its tasks while their results are kept. A
   * job that could not be planned never had one.
   */
  static void anew(Tx tx, JobBatch batch, JobId job) {
    JobFacts facts = batch.facts(job);
    if (facts.state().isTerminal()
        && !facts.evidence().planFailed()
        && !facts.evidence().resultsDeleted()) {
      DigestReader.Digest digest = new DigestReader(tx::ask).ask(job, batch.design(job)).get();
      new JobRepository()
          .savePackage(
              tx,
              job,
              PackageJson.summary(facts, digest),
              PackageJson.aggregate(digest, batch.design(job)));
      LiveFold fold = LiveFold.of(batch.design(job));
      if (fold != null) {
        LiveResults.addAll(tx, job, fold);
        LiveAggregate live = batch.live(job).withSeries(fold.entries());
        new JobRepository().saveLive(tx, job, live);
      }
    }
  }

  /** Concludes a job whose rows were read before. */
  static void with(Tx tx, JobBatch batch, JobId job, DigestReader.Digest digest) {
    batch.apply(job, new JobCommand.Conclude(digest.commonestError()));
    new JobRepository()
        .savePackage(
            tx,
            job,
            PackageJson.summary(batch.facts(job), digest),
            PackageJson.aggregate(digest, batch.design(job)));
  }
}
