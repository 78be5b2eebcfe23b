/** Tests of the client against a server of their own. */
@org.jspecify.annotations.NullMarked
package dev.muster.cli;
