/** Deletes results: when their owner asks for it, and when their time is over. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.retention;
