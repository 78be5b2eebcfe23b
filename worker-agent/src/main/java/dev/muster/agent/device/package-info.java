/** What the host has and what of it is free; pure. */
@org.jspecify.annotations.NullMarked
package dev.muster.agent.device;
