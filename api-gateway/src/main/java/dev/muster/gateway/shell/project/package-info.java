/** The rows of projects, and what is looked at in an archive before it becomes a revision. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.project;
