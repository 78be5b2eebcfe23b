/** Tests of what may stand on a line. */
@org.jspecify.annotations.NullMarked
package dev.muster.cli.command;
