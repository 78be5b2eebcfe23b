package dev.muster.gateway.shell.stream;

import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.view.JobLine;
import java.util.List;

/** Tells the newest jobs of a tenant at once, then every change of any. */
final class SocketTeller implements Teller {
  private static final int NEWEST = 100;

  private final String tenant;
  private final boolean resumed;
  private final FeedTeller feed;
  private final StreamReads reads;

  SocketTeller(String tenant, boolean resumed, FeedTeller feed, StreamReads reads) {
    this.tenant = tenant;
    this.resumed = resumed;
    this.feed = feed;
    this.reads = reads;
  }

  /**
   * How things stand.
   *
   * @param jobs the newest jobs, newest first
   */
  record Standing(List<JobLine> jobs) {}

  @Override
  public void begin(Sink sink) throws InterruptedException {
    if (resumed) {
      feed.begin(sink);
      return;
    }
    JobRepository.Moment moment = reads.newest(tenant, NEWEST);
    feed.stand(moment.at());
    List<JobLine> lines =
        moment.jobs().values().stream().map(job -> JobLine.of(job.stored(), job.facts())).toList();
    sink.event(feed.id(), JobMessages.message("snapshot", new Standing(lines)));
  }

  @Override
  public void tell(Entry entry, Sink sink) throws InterruptedException {
    feed.tell(entry, sink);
  }

  @Override
  public void recover(Sink sink) throws InterruptedException {
    feed.recover(sink);
  }

  @Override
  public boolean isDone() {
    return feed.isDone();
  }
}
