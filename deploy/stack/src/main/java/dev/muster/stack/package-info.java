/**
 * A real Kafka broker and a real PostgreSQL on this machine, as child processes on 127.0.0.1, with
 * the topics, roles and schemas that the services expect. Used by the launcher of the local
 * platform and by integration tests; knows nothing about the services themselves.
 */
@NullMarked
package dev.muster.stack;

import org.jspecify.annotations.NullMarked;
