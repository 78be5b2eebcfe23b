/**
 * How one job becomes tasks; pure. The state is what is known of the job, a command is what was
 * read about it, a fact is what was decided.
 *
 * <pre>
 *             Submit (chunks or one task)
 *   Unknown ──────────────────────────────────────▶ Planned
 *    │   │  Submit (listed items)   last ListItems    ▲
 *    │   └──────────────▶ Planning ───────────────────┤
 *    │ ListItems            ▲                         │ Submit, all items parked
 *    └──▶ Awaiting ─────────┴─────────────────────────┘
 *
 *   Staged, in the place of Planned, while stages are to come ── CompleteStage ──▶ Staged | Planned
 *   each of them ── Close, End ──▶ Closed  Planning ── a part that cannot be ──▶ Refused
 *
 *   Unknown, Awaiting ── Submit, parents open ──▶ Waiting ── the last parent ended well ──▶ as after
 *   Submit; one did not ──▶ Refused
 * </pre>
 */
@NullMarked
package dev.muster.planner.plan;

import org.jspecify.annotations.NullMarked;
