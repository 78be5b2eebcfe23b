package dev.muster.consumer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What one trial feeds, and where a right consumer then is.
 *
 * @param records in the order of delivery
 * @param ends the last event of each job that may be applied
 * @param gaps jobs of which a number is missing for good
 */
record Script(List<Delivery> records, Map<String, Event> ends, List<String> gaps) {

  static Script of(Trial trial, SplittableRandom random) {
    List<List<Event>> jobs = Histories.of(random);
    Map<String, Event> ends = new HashMap<>();
    jobs.forEach(job -> ends.put(job.getFirst().job(), job.getLast()));
    List<String> gaps = new ArrayList<>();
    List<List<Delivery>> fed = new ArrayList<>();
    for (List<Event> job : jobs) {
      fed.add(
          switch (trial) {
            case IN_ORDER -> deliveries(job);
            case REPEATS -> repeated(job, random);
            case OVERTAKEN -> shuffled(deliveries(job), random);
            case GAP -> withGap(job, random, ends, gaps);
            case LATE_FILL -> lateFill(job, random);
            case UNKNOWN_TYPE -> deliveries(unknownKind(job, random));
            case UNKNOWN_FIELDS -> job.stream().map(Script::ofALaterRelease).toList();
            case NEW_VERSION -> withNewVersion(job);
            case UNREADABLE -> withUnreadable(job, random);
          });
    }
    return new Script(Histories.mixed(fed, random), ends, gaps);
  }

  private static List<Delivery> deliveries(List<Event> job) {
    return new ArrayList<>(job.stream().map(Event::delivery).toList());
  }

  private static List<Delivery> repeated(List<Event> job, SplittableRandom random) {
    List<Delivery> records = new ArrayList<>();
    for (int i = 0; i < job.size(); i++) {
      records.add(job.get(i).delivery());
      for (int again = random.nextInt(3); again > 0; again--) {
        records.add(job.get(random.nextInt(i + 1)).delivery());
      }
    }
    job.forEach(event -> records.add(event.delivery()));
    return records;
  }

  private static List<Delivery> shuffled(List<Delivery> records, SplittableRandom random) {
    for (int i = records.size() - 1; i > 0; i--) {
      records.add(i, records.remove(random.nextInt(i + 1)));
    }
    return records;
  }

  private static List<Delivery> withGap(
      List<Event> job, SplittableRandom random, Map<String, Event> ends, List<String> gaps) {
    int missing = 1 + random.nextInt(job.size() - 2);
    List<Event> left = new ArrayList<>(job);
    left.remove(missing);
    ends.put(job.getFirst().job(), job.get(missing - 1));
    gaps.add(job.getFirst().job());
    return deliveries(left);
  }

  private static List<Delivery> lateFill(List<Event> job, SplittableRandom random) {
    List<Event> left = new ArrayList<>(job);
    left.add(left.remove(1 + random.nextInt(job.size() - 2)));
    return deliveries(left);
  }

  private static List<Event> unknownKind(List<Event> job, SplittableRandom random) {
    List<Event> changed = new ArrayList<>(job);
    int at = 3 + random.nextInt(job.size() - 4);
    Event e = changed.get(at);
    changed.set(
        at,
        new Event(e.job(), e.seq(), "INSPECTED", e.state(), e.total(), e.running(), e.succeeded()));
    return changed;
  }

  private static Delivery ofALaterRelease(Event event) {
    ObjectNode body = event.body();
    body.putObject("region").put("name", "north").putArray("zones").add(1).add("two");
    body.put("detail", 7 + " words").put("priority_class", 3.5).putNull("parent");
    ((ObjectNode) body.get("counts")).put("paused", 2);
    return event.delivery(event.type(), bytes(body));
  }

  /** The shape of a later version shares nothing with the one that is known. */
  private static List<Delivery> withNewVersion(List<Event> job) {
    List<Delivery> records = new ArrayList<>();
    for (Event event : job) {
      String type = event.type().replace(".v1", ".v2");
      records.add(
          event.delivery(
              type, "{\"number\":{\"of\":\"another shape\"}}".getBytes(StandardCharsets.UTF_8)));
      records.add(event.delivery());
    }
    return records;
  }

  private static List<Delivery> withUnreadable(List<Event> job, SplittableRandom random) {
    List<Delivery> records = deliveries(job);
    Event first = job.getFirst();
    List<byte[]> bodies =
        List.of(
            new byte[0],
            "null".getBytes(StandardCharsets.UTF_8),
            "[1,2]".getBytes(StandardCharsets.UTF_8),
            new byte[] {'{', 0, 1, (byte) 0xff},
            "{\"job\":7,\"seq\":\"three\"}".getBytes(StandardCharsets.UTF_8));
    for (byte[] body : bodies) {
      records.add(random.nextInt(records.size()), first.delivery(first.type(), body));
    }
    records.add(
        random.nextInt(records.size()),
        new Delivery(first.job(), first.headers(first.type()), null));
    return records;
  }

  private static byte[] bytes(ObjectNode body) {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }
}
