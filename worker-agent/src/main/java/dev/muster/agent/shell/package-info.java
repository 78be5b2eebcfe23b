/**
 * All I/O of the agent: mail in, heartbeats, reports and output out, processes, files, clocks. No
 * rule lives here.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.agent.shell;
