/** The rows of links, and what opens with them. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.share;
