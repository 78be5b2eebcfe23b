package dev.muster.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Made-up jobs, each from its submission to its end. */
final class Histories {
  private static final int JOBS = 20;
  private static final int TASKS_MAX = 12;
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  private Histories() {}

  static List<List<Event>> of(SplittableRandom random) {
    List<List<Event>> jobs = new ArrayList<>();
    for (int i = 0; i < JOBS; i++) {
      jobs.add(job(id(random), 1 + random.nextInt(TASKS_MAX)));
    }
    return jobs;
  }

  private static List<Event> job(String job, int total) {
    List<Event> events = new ArrayList<>();
    for (String state : List.of("PLANNING", "QUEUED", "ASSIGNED", "RUNNING")) {
      String kind = state.equals("PLANNING") ? "SUBMITTED" : state;
      int running = state.equals("RUNNING") ? 1 : 0;
      events.add(new Event(job, events.size() + 1, kind, state, total, running, 0));
    }
    for (int done = 1; done < total; done++) {
      events.add(new Event(job, events.size() + 1, "PROGRESSED", "RUNNING", total, 1, done));
    }
    events.add(new Event(job, events.size() + 1, "FINALIZING", "FINALIZING", total, 0, total));
    events.add(new Event(job, events.size() + 1, "COMPLETED", "COMPLETED", total, 0, total));
    return events;
  }

  private static String id(SplittableRandom random) {
    StringBuilder id = new StringBuilder("0");
    while (id.length() < 26) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }

  /** The jobs' records mixed, each job's in its own order. */
  static <T> List<T> mixed(List<List<T>> jobs, SplittableRandom random) {
    List<List<T>> left = new ArrayList<>();
    jobs.forEach(job -> left.add(new ArrayList<>(job)));
    left.removeIf(List::isEmpty);
    List<T> all = new ArrayList<>();
    while (!left.isEmpty()) {
      List<T> next = left.get(random.nextInt(left.size()));
      all.add(next.removeFirst());
      left.removeIf(List::isEmpty);
    }
    return all;
  }
}
