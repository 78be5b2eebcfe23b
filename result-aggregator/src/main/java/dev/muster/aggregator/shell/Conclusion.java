package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.JobCommand;
import dev.muster.aggregator.job.JobFacts;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobState;
import dev.muster.kit.Tx;

/** Brings a job that is ready for it to its end, result package included, in one transaction. */
final class Conclusion {
  private Conclusion() {}

  /** Concludes a small job at once: its rows are read in the transaction that made it ready. */
  static void atOnce(Tx tx, JobBatch batch, JobId job) {
    settle(tx, batch.facts(job));
    with(tx, batch, job, new DigestReader(tx::query).read(job));
  }

  /** Tasks of a cancelled job that have not ended never will; only then its rows stand still. */
  static void settle(Tx tx, JobFacts job) {
    if (job.state() == JobState.CANCELING) {
      new TaskRepository().cancelRest(tx, job.job());
    }
  }

  /** Concludes a job whose rows were read before. */
  static void with(Tx tx, JobBatch batch, JobId job, DigestReader.Digest digest) {
    batch.apply(job, new JobCommand.Conclude(digest.commonestError()));
    new JobRepository()
        .savePackage(
            tx, job, PackageJson.summary(batch.facts(job), digest), PackageJson.aggregate(digest));
  }
}
