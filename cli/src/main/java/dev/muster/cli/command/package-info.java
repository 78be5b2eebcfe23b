/**
 * One class per command: its options, its help with an example, what it asks and what it prints.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.cli.command;
