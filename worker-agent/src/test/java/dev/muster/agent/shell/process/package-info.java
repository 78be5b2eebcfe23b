/** Processes as the kernel sees them. */
@org.jspecify.annotations.NullMarked
package dev.muster.agent.shell.process;
