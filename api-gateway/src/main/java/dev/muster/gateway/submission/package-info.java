/**
 * From the JSON of a request to a submission, or to everything that is wrong with it. Pure: the
 * shell reads the bytes and hands over {@link dev.muster.gateway.submission.JsonValue}s; documents
 * that belong to the user are only pointed at, never rebuilt.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.submission;
