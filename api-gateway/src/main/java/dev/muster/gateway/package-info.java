/**
 * The HTTP API of the platform. It decides whether a request is valid and allowed, makes a
 * submission durable, and shows what the result aggregator knows of a job. It decides nothing about
 * a job after its submission.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway;
