package dev.muster.gateway.shell.json;

import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.gateway.view.AggregatesView;
import dev.muster.gateway.view.JobFacts;
import dev.muster.gateway.view.JsonText;
import dev.muster.gateway.view.StoredJob;
import dev.muster.kit.Json;
import dev.muster.kit.StudentT;
import org.jspecify.annotations.Nullable;

/** Reads what the aggregator added up of a job. */
public final class LiveJson {
  private LiveJson() {}

  /** The view of it; null where nothing is followed, or nobody gets the results any more. */
  public static @Nullable AggregatesView view(StoredJob job, JobFacts facts) {
    JsonText live = facts.live();
    return live == null || facts.resultsDeleted()
        ? null
        : AggregatesView.of(job, read(live), StudentT::width);
  }

  /** The figures themselves. */
  public static LiveAggregate read(JsonText live) {
    return Json.read(live.text(), LiveAggregate.class);
  }
}
