/** Tests of what the client prints. */
@org.jspecify.annotations.NullMarked
package dev.muster.cli.view;
