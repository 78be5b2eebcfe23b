/** Artifacts as users see them: named files that they upload or that their tasks leave. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.artifact;
