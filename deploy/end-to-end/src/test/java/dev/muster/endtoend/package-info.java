/**
 * Drives the packaged processes as a user does: the client script, the HTTP API, signals. Nothing
 * in here knows a service's code.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.endtoend;
