/** Tests of the local broker and database. */
@NullMarked
package dev.muster.stack;

import org.jspecify.annotations.NullMarked;
