package dev.muster.contracts.schema;

import dev.muster.contracts.Topic;
import dev.muster.contracts.job.JobEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A CloudEvents type, which names the shape of a record's body.
 *
 * @param topic where such records are
 * @param ceType its name, version included
 * @param kind the change it tells, for job events; null for the topics between the services
 */
record EventType(Topic<?> topic, String ceType, JobEvent.@Nullable Kind kind) {
  /** Every type there is, but for dead letters, whose body is nobody's contract. */
  static List<EventType> all() {
    List<EventType> types = new ArrayList<>();
    for (JobEvent.Kind kind : JobEvent.Kind.values()) {
      types.add(new EventType(Topic.JOB_EVENTS, kind.ceType(), kind));
    }
    for (Topic<?> topic : Topic.ALL) {
      if (topic.family().isSealed()) {
        types.add(new EventType(topic, topic.ceType(), null));
      }
    }
    return types;
  }

  /** The {@code $id} of its schema, and the {@code ce_dataschema} of its records. */
  String schemaId() {
    return "urn:muster:schema:" + ceType;
  }

  /** The name of its schema's file. */
  String file() {
    return ceType + ".json";
  }
}
