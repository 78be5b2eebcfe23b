/**
 * What a reader of {@code muster.job.events} has to bear, as a test: {@link
 * dev.muster.consumer.ConsumerCheck}. It knows nothing of Muster's own classes, as its users do
 * not.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.consumer;
