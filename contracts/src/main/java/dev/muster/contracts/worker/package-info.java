/** Workers: what they have, what they report, what they are told. */
@org.jspecify.annotations.NullMarked
package dev.muster.contracts.worker;
