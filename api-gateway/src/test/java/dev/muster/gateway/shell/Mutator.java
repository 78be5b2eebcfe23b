package dev.muster.gateway.shell;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes wrong bodies, and some right ones, out of right ones. */
final class Mutator {
  private static final List<String> BODIES =
      List.of(
          "{\"runner_command\":[\"python3\",\"t.py\"],\"payload\":{\"a\":1.5e-3,\"b\":[1,{\"c\":null}]}}",
          "{\"runner_command\":[\"true\"],\"fan_out\":{\"items\":[{\"x\":1},{\"x\":2}]},\"tags\":[\"t\"]}",
          "{\"runner_command\":[\"a\"],\"payload\":{\"n\":[1,2,3]},\"fan_out\":{\"by\":\"n\"},\"batch_size\":2}",
          "{\"runner_command\":[\"a\"],\"payload\":{\"s\":7},\"fan_out\":{\"chunks\":20,\"total\":1000,"
              + "\"range_field\":\"n\"},\"timeout_s\":60,\"priority\":-5}",
          "{\"runner_command\":[\"a\"],\"requirements\":{\"gpus\":1,\"gpu_memory_gb\":24.5},"
              + "\"retries\":{\"user\":2,\"exit_codes\":[1,2]},\"meta\":{\"k\":\"\\u00e9\"}}",
          "{\"runner_command\":[\"a\"],\"type\":\"structured_runner\",\"variant\":\"v\",\"project\":\"p\","
              + "\"client_ref\":\"r\",\"profile\":\"cpu\",\"retries\":3}");
  private static final List<String> TOKENS =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1e400",
          "2147483648",
          "9223372036854775808",
          "\"\"",
          "[]",
          "{}",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\u00e9\"",
          "[[[[",
          "\"a\":1,",
          ",",
          ":",
          "}",
          "]",
          "\\",
          "NaN",
          "0.1",
          "1e-400",
          "{\"a\":{\"a\":{}}}",
          "\"__proto__\"",
          "\"fan_out\"",
          "\"payload\"",
          "\n",
          "\"\\uD83D\\uDE00\"");

  private final SplittableRandom random;

  Mutator(SplittableRandom random) {
    this.random = random;
  }

  byte[] next() {
    byte[] body = pick(BODIES).getBytes(StandardCharsets.UTF_8);
    int changes = random.nextInt(4);
    for (int i = 0; i < changes && body.length > 0; i++) {
      body = changed(body);
    }
    return body;
  }

  private byte[] changed(byte[] body) {
    int at = random.nextInt(body.length);
    int length = Math.min(body.length - at, 1 + random.nextInt(8));
    return switch (random.nextInt(6)) {
      case 0 -> spliced(body, at, length, new byte[0]);
      case 1 -> spliced(body, at, 0, Arrays.copyOfRange(body, at, at + length));
      case 2 -> spliced(body, at, 0, pick(TOKENS).getBytes(StandardCharsets.UTF_8));
      case 3 -> value(body, at);
      case 4 -> spliced(body, at, 1, new byte[] {(byte) random.nextInt(256)});
      default -> Arrays.copyOf(body, at);
    };
  }

  /** Puts a token in the place of a whole value, so that many results are JSON still. */
  private byte[] value(byte[] body, int from) {
    int start = from;
    while (start < body.length && body[start] != ':') {
      start++;
    }
    int end = start + 1;
    while (end < body.length && ",}]".indexOf(body[end]) < 0) {
      end++;
    }
    return end > body.length
        ? body
        : spliced(body, start + 1, end - start - 1, pick(TOKENS).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] spliced(byte[] body, int at, int length, byte[] with) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(body, 0, at);
    out.writeBytes(with);
    out.write(body, at + length, body.length - at - length);
    return out.toByteArray();
  }

  private String pick(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
