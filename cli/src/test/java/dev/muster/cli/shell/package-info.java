/** Tests of where the client finds its settings. */
@org.jspecify.annotations.NullMarked
package dev.muster.cli.shell;
