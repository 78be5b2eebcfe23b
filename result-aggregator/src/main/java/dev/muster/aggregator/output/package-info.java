/** The output of a task's newest attempt: its beginning, its end, what is missing between. */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.output;
