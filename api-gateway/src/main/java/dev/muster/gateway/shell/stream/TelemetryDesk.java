package dev.muster.gateway.shell.stream;

import dev.muster.contracts.Topic;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.Owner;
import dev.muster.gateway.view.Alias;
import dev.muster.kit.DatabaseUnavailableException;
import dev.muster.kit.Decoded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Puts what happens to tasks into the channels of their jobs and of their tenants. For the one
 * thread that reads Kafka.
 */
final class TelemetryDesk {
  private static final Logger LOG = Logger.getLogger(TelemetryDesk.class);
  private static final int OWNERS_MAX = 20_000;

  private final Channels channels;
  private final JobRepository jobs;
  private final Function<String, byte[]> mac;
  private final Map<String, Owner> owners =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Owner> eldest) {
          return size() > OWNERS_MAX;
        }
      };

  /**
   * @param mac the keyed hash of which workers' aliases are made
   */
  TelemetryDesk(Channels channels, JobRepository jobs, Function<String, byte[]> mac) {
    this.channels = channels;
    this.jobs = jobs;
    this.mac = mac;
  }

  void tell(List<ConsumerRecord<String, byte[]>> records) {
    if (records.isEmpty() || channels.isEmpty()) {
      return;
    }
    if (channels.hasTenants()) {
      learnOwners(records);
    }
    Map<Channel, List<Entry>> told = new LinkedHashMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      Channel ofJob = channels.job(record.key());
      @Nullable Owner owner = channels.hasTenants() ? owners.get(record.key()) : null;
      @Nullable Channel ofTenant = owner == null ? null : channels.tenant(owner.tenant());
      tell(record, owner, ofJob, ofTenant, told);
    }
    told.forEach(channels::append);
  }

  private void tell(
      ConsumerRecord<String, byte[]> record,
      @Nullable Owner owner,
      @Nullable Channel ofJob,
      @Nullable Channel ofTenant,
      Map<Channel, List<Entry>> told) {
    Channel channel = ofJob != null ? ofJob : ofTenant;
    if (channel == null) {
      return;
    }
    for (Entry.Telemetry entry : entries(record, owner, channel)) {
      if (ofJob != null) {
        told.computeIfAbsent(ofJob, c -> new ArrayList<>()).add(entry);
      }
      if (ofTenant != null && (!entry.chatty() || ofTenant.isChatty())) {
        told.computeIfAbsent(ofTenant, c -> new ArrayList<>()).add(entry);
      }
    }
  }

  /** What cannot be read is the concern of the services that own it; a stream shows the rest. */
  private List<Entry.Telemetry> entries(
      ConsumerRecord<String, byte[]> record, @Nullable Owner owner, Channel channel) {
    List<Entry.Telemetry> entries = new ArrayList<>();
    if (record.topic().equals(Topic.TASK_EVENTS.name())) {
      Alias alias = new Alias(mac, channel.tenant());
      if (Decoded.of(Topic.TASK_EVENTS, record) instanceof Decoded.Readable<TaskEvent> readable) {
        for (TaskEvent event : readable.message().events()) {
          for (TaskUpdate update : TaskUpdate.of("job_" + record.key(), event, alias)) {
            entries.add(entry(record.key(), owner, false, "task", update));
          }
        }
      }
    } else if (Decoded.of(Topic.PROGRESS, record)
        instanceof Decoded.Readable<ProgressEvent> readable) {
      for (ProgressEvent event : readable.message().events()) {
        gap(channel, record.key(), owner, event, entries);
        entries.add(
            entry(record.key(), owner, true, TaskUpdate.nameOf(event), TaskUpdate.of(event)));
      }
    }
    return entries;
  }

  private static void gap(
      Channel channel,
      String job,
      @Nullable Owner owner,
      ProgressEvent event,
      List<Entry.Telemetry> entries) {
    if (event instanceof ProgressEvent.OutputWritten output) {
      int index = output.attempt().index();
      int attempt = output.attempt().attempt();
      long missing = channel.missingBefore(job, index, attempt, output.offset(), output.bytes());
      if (missing > 0) {
        entries.add(
            new Entry.Telemetry(
                job, owner, true, GapNote.source("job_" + job, index, attempt, missing)));
      }
    }
  }

  private static Entry.Telemetry entry(
      String job, @Nullable Owner owner, boolean chatty, String name, TaskUpdate update) {
    return new Entry.Telemetry(
        job,
        owner,
        chatty,
        new Entry.Message(name, ApiJson.text(update).getBytes(StandardCharsets.UTF_8)));
  }

  private void learnOwners(List<ConsumerRecord<String, byte[]>> records) {
    Set<String> unknown = new HashSet<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      if (!owners.containsKey(record.key())) {
        unknown.add(record.key());
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    try {
      owners.putAll(jobs.owners(unknown));
    } catch (DatabaseUnavailableException e) {
      LOG.debugf("Expected to learn whose %d jobs are, but %s", unknown.size(), e.getMessage());
    }
  }
}
