/** The rows of artifacts and of uploads in parts, and what becomes of those that attempts left. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.artifact;
