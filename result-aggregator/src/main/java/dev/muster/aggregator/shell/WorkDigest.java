package dev.muster.aggregator.shell;

import dev.muster.contracts.job.JobSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Names the kind of work a job is: jobs of one kind take about as long for each task. */
final class WorkDigest {
  private static final int BYTES = 12;

  private WorkDigest() {}

  /** A digest of type, project, pool, command and devices; not of the payload. */
  static String of(JobSpec spec) {
    StringBuilder text = new StringBuilder();
    add(text, spec.type());
    add(text, String.valueOf(spec.project()));
    add(text, spec.pool());
    add(text, Integer.toString(spec.batchSize()));
    add(text, Integer.toString(spec.requirements().gpus()));
    spec.runnerCommand().forEach(word -> add(text, word));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(digest, BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Expected SHA-256 in every Java, but it is missing", e);
    }
  }

  /** With its length, so that no two lists of words read the same. */
  private static void add(StringBuilder text, String word) {
    text.append(word.length()).append(':').append(word);
  }
}
