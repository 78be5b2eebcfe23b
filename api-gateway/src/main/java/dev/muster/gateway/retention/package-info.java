/** How long the results of jobs are kept. Nothing here touches a disk, a network or a clock. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.retention;
