package dev.muster.gateway.shell.stream;

import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.feed.FeedPosition;
import dev.muster.gateway.shell.store.Owner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that the streams of a channel tell; made once, whoever listens. */
sealed interface Entry {
  /** Bytes it holds. */
  int weight();

  /**
   * A job changed. It can always be read again from the database.
   *
   * @param event the numbered event
   * @param owner whose job it is
   * @param tx the transaction that wrote it
   * @param at where it lies among the events of its tenant
   * @param id the cursor of a stream that stands at it
   * @param messages what is told, in order
   */
  record State(
      JobEvent event, Owner owner, long tx, FeedPosition at, String id, List<Message> messages)
      implements Entry {
    @Override
    public int weight() {
      return messages.stream().mapToInt(message -> message.json().length).sum();
    }
  }

  /**
   * A task changed, or its command wrote something. Nobody keeps it in this form.
   *
   * @param job the job's id
   * @param owner whose job it is, or null in a channel of this one job
   * @param chatty whether it is output or progress, of which there can be very much
   * @param message what is told
   */
  record Telemetry(String job, @Nullable Owner owner, boolean chatty, Message message)
      implements Entry {
    @Override
    public int weight() {
      return message.json().length;
    }
  }

  /**
   * One event of a stream.
   *
   * @param name its name
   * @param json its data, on one line
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Message(String name, byte[] json) {}
}
