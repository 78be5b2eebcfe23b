/**
 * The event contract as documents: one JSON Schema per CloudEvents type and one AsyncAPI document,
 * written from the records and their Javadoc, and compared with the committed ones.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.contracts.schema;
