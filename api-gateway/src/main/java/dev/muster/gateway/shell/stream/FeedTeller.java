package dev.muster.gateway.shell.stream;

import dev.muster.contracts.id.JobId;
import dev.muster.gateway.feed.FeedPosition;
import dev.muster.gateway.feed.Snapshot;
import dev.muster.gateway.shell.http.Cursors;
import dev.muster.gateway.shell.store.EventLogRepository;
import dev.muster.gateway.shell.store.EventLogRepository.Logged;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.Owner;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells many jobs of one tenant: all, those of a project or tag, or a list of ids. What was told is
 * a {@link FeedPosition}; an event is new when it lies after it, so nothing is told twice or left
 * out, on whichever gateway the reader goes on.
 */
final class FeedTeller implements Teller {
  private static final int PAGE = 500;

  private final FeedFilter filter;
  private final StreamReads reads;
  private final Cursors cursors;
  private final boolean resumed;
  private final Set<String> unfinished = new HashSet<>();
  private FeedPosition position;

  /** All that this snapshot sees was told by another way than the channel. */
  private Snapshot base;

  private boolean done;

  /**
   * @param after where the reader stands, or null when it begins
   */
  FeedTeller(FeedFilter filter, @Nullable FeedPosition after, StreamReads reads, Cursors cursors) {
    this.filter = filter;
    this.reads = reads;
    this.cursors = cursors;
    this.resumed = after != null;
    this.position = after == null ? FeedPosition.at(new Snapshot(0, 0, List.of())) : after;
    this.base = position.seen();
  }

  @Override
  public void begin(Sink sink) throws InterruptedException {
    if (filter.jobs() == null) {
      if (resumed) {
        sink.event(null, GapNote.reconnected());
        recover(sink);
      } else {
        stand(reads.now());
        sink.mark(id(position));
      }
      return;
    }
    JobRepository.Moment moment =
        reads
            .moment(filter.tenant(), filter.jobs())
            .orElseThrow(() -> new IllegalStateException("Expected the jobs that were asked for"));
    for (JobRepository.Found job : moment.jobs().values()) {
      if (!job.facts().state().isTerminal()) {
        unfinished.add(job.stored().id().value());
      }
    }
    if (resumed) {
      sink.event(null, GapNote.reconnected());
      recover(sink);
    } else {
      stand(moment.at());
      for (JobRepository.Found job : moment.jobs().values()) {
        sink.event(null, JobMessages.line(job));
      }
      sink.mark(id(position));
    }
    endIfAllHave(sink);
  }

  @Override
  public void tell(Entry entry, Sink sink) throws InterruptedException {
    switch (entry) {
      case Entry.Telemetry telemetry -> {
        if (filter.takes(telemetry)) {
          sink.event(null, telemetry.message());
        }
      }
      case Entry.State state -> {
        if (base.sees(state.tx())) {
          return;
        }
        // In the step in which the channel overtakes what was read apart from it, the cursor says
        // so.
        boolean canonical = state.at().seen().covers(base);
        position =
            canonical ? state.at() : new FeedPosition(base, state.at().until(), state.at().after());
        if (filter.takes(state.event().job().value(), state.owner())) {
          sink.event(canonical ? state.id() : id(position), state.messages().getFirst());
          told(state.event().job().value(), state.event().state().isTerminal());
          endIfAllHave(sink);
        }
      }
    }
  }

  @Override
  public void recover(Sink sink) throws InterruptedException {
    while (sink.isOpen()) {
      // Only a step that begins here ends after the channel was joined; one that was begun by the
      // reader's last stream ends long before.
      boolean now = position.until() == null;
      EventLogRepository.Page page = reads.read(filter.selection(), position, PAGE);
      Map<JobId, JobRepository.Found> found = new HashMap<>();
      for (JobRepository.Found job :
          reads.findAll(
              filter.tenant(), page.events().stream().map(e -> e.event().job()).toList())) {
        found.put(job.stored().id(), job);
      }
      for (Logged logged : page.events()) {
        JobRepository.Found job = found.get(logged.event().job());
        position = new FeedPosition(page.seen(), page.until(), logged.position());
        if (job != null && filter.takes(job.stored().id().value(), Owner.of(job.stored().spec()))) {
          sink.event(id(position), reads.line(logged.event(), job));
          told(job.stored().id().value(), logged.event().state().isTerminal());
        }
      }
      position = page.end();
      if (page.complete()) {
        base = page.until();
      }
      if (page.complete() && now) {
        sink.mark(id(position));
        return;
      }
    }
  }

  /** Everything that this snapshot sees was told. */
  void stand(Snapshot snapshot) {
    base = snapshot;
    position = FeedPosition.at(snapshot);
  }

  private void told(String job, boolean terminal) {
    if (terminal) {
      unfinished.remove(job);
    }
  }

  private void endIfAllHave(Sink sink) throws InterruptedException {
    if (filter.jobs() != null && unfinished.isEmpty() && !done) {
      done = true;
      sink.event(id(position), JobMessages.message("end", new WatchEnd(filter.jobs().size())));
    }
  }

  /**
   * The end of a watch.
   *
   * @param jobs how many jobs have ended
   */
  record WatchEnd(int jobs) {}

  /** The cursor of what was told. */
  String id() {
    return id(position);
  }

  private String id(FeedPosition at) {
    return FeedCursor.write(cursors, filter.tenant(), at);
  }

  @Override
  public boolean isDone() {
    return done;
  }
}
