/**
 * The command-line client: finds the asked-for command, runs it, turns whatever happens into one
 * sentence and an exit code. Plain Java, because it must start in a blink.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.cli;
