/** Which files an attempt asks for and leaves: rules without disk or network. */
@org.jspecify.annotations.NullMarked
package dev.muster.agent.files;
