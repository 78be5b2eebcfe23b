/**
 * What a command writes, from bytes to bounded pieces of text: UTF-8 cut on character boundaries,
 * progress lines taken out, the tail kept. Pure; each object belongs to one stream or one attempt.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.agent.output;
