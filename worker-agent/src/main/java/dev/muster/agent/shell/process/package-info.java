/**
 * Child processes on Linux through the JDK's foreign function API: start in an own session, read
 * what they write, signal whole groups, and leave nothing behind. Knows nothing of jobs.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.agent.shell.process;
