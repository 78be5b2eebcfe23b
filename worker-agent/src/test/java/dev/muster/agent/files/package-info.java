/** Rules of files that attempts ask for. */
@org.jspecify.annotations.NullMarked
package dev.muster.agent.files;
