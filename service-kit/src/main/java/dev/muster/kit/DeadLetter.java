package dev.muster.kit;

import org.jspecify.annotations.Nullable;

/**
 * The body of a dead letter: a record that can never be read, where it lay and why.
 *
 * @param topic where it lay
 * @param partition where it lay
 * @param offset where it lay
 * @param reason one sentence
 * @param key its key, if it had one
 * @param value its bytes, base64 in JSON, if it had any
 */
public record DeadLetter(
    String topic,
    int partition,
    long offset,
    String reason,
    @Nullable String key,
    byte @Nullable [] value) {}
