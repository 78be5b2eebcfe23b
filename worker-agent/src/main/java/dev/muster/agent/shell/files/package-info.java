/** Moves files of attempts between this worker and the gateway. */
@org.jspecify.annotations.NullMarked
package dev.muster.agent.shell.files;
