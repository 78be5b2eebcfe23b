/** Projects as users see them: named source trees, each with revisions that never change. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.project;
