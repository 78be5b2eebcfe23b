/** Tests of the launcher. */
@NullMarked
package dev.muster.local;

import org.jspecify.annotations.NullMarked;
