/** Files between this worker and a gateway. */
@org.jspecify.annotations.NullMarked
package dev.muster.agent.shell.files;
