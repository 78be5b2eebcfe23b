package dev.muster.agent.output;

import dev.muster.contracts.task.ProgressEvent.Stream;

/**
 * A piece of what an attempt wrote.
 *
 * @param stream where it wrote
 * @param offset bytes of both streams before this piece; a jump is a gap
 * @param bytes length as written, progress lines that were taken out included
 * @param text what is to be shown
 */
public record OutputPiece(Stream stream, long offset, int bytes, String text) {}
