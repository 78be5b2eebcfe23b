/**
 * What tests of all modules share: the real broker and database, repeatable randomness, a clock
 * that stands still, and the rules of the layers. Never on the class path of a running service.
 */
@NullMarked
package dev.muster.testkit;

import org.jspecify.annotations.NullMarked;
