package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.shell.store.JobRepository;
import java.util.Optional;

/**
 * Tells one job. The number of an event decides what is new, so nothing is told twice, and a hole
 * in the numbers is filled from the database, so nothing is left out.
 */
final class JobTeller implements Teller {
  private static final int PAGE = 500;

  private final String tenant;
  private final JobId job;
  private final StreamReads reads;
  private final boolean resumed;
  private long seen;
  private boolean done;

  /**
   * @param after the number of the last event the reader knows, or -1 when it knows none
   */
  JobTeller(String tenant, JobId job, long after, StreamReads reads) {
    this.tenant = tenant;
    this.job = job;
    this.reads = reads;
    this.resumed = after >= 0;
    this.seen = after;
  }

  @Override
  public void begin(Sink sink) throws InterruptedException {
    Optional<JobRepository.Found> found = reads.find(tenant, job);
    if (found.isEmpty()) {
      done = true;
      return;
    }
    JobRepository.Found now = found.get();
    boolean ended = now.facts().state().isTerminal();
    if (!resumed) {
      tellNow(now, sink);
    } else if (ended && seen >= now.facts().version()) {
      sink.event(Long.toString(now.facts().version()), JobMessages.end(now));
      done = true;
    } else {
      if (!ended && seen > 0) {
        sink.event(null, GapNote.reconnected());
      }
      catchUp(now, sink);
    }
  }

  @Override
  public void tell(Entry entry, Sink sink) throws InterruptedException {
    switch (entry) {
      case Entry.Telemetry telemetry -> sink.event(null, telemetry.message());
      case Entry.State state -> {
        long seq = state.event().seq();
        if (seq == seen + 1) {
          seen = seq;
          for (Entry.Message message : state.messages()) {
            sink.event(state.id(), message);
          }
          done = state.event().state().isTerminal();
        } else if (seq > seen) {
          recover(sink);
        }
      }
    }
  }

  @Override
  public void recover(Sink sink) throws InterruptedException {
    Optional<JobRepository.Found> found = reads.find(tenant, job);
    if (found.isEmpty()) {
      done = true;
      return;
    }
    catchUp(found.get(), sink);
  }

  private void catchUp(JobRepository.Found job, Sink sink) throws InterruptedException {
    JobRepository.Found now = job;
    boolean ended = false;
    while (now.facts().version() > seen && sink.isOpen()) {
      StreamReads.Missed missed = reads.missed(tenant, now, seen, PAGE);
      if (missed.told().isEmpty()) {
        return;
      }
      now = missed.now();
      ended = missed.ended();
      for (StreamReads.Told told : missed.told()) {
        seen = told.seq();
        for (Entry.Message message : told.messages()) {
          sink.event(Long.toString(seen), message);
        }
      }
    }
    if (ended && sink.isOpen()) {
      sink.event(Long.toString(seen), JobMessages.end(now));
      done = true;
    }
  }

  private void tellNow(JobRepository.Found now, Sink sink) throws InterruptedException {
    seen = now.facts().version();
    for (Entry.Message message : JobMessages.ofJob(now)) {
      sink.event(Long.toString(seen), message);
    }
    done = now.facts().state().isTerminal();
  }

  @Override
  public boolean isDone() {
    return done;
  }
}
