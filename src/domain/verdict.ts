import type {ApprovedOrder} from './order.js';

/** One check's finding: its numbers are kept whether it passed or not. */
export interface CheckFinding {
  readonly check: string;
  readonly passed: boolean;
  /** Set where the check refused: SCREAMING_SNAKE, stable. */
  readonly code?: string;
  /** Numbers as decimal strings or finite numbers, so that the record is the same bytes at every replay. */
  readonly numbers: Readonly<Record<string, string | number | boolean | null>>;
}

/** Every check's finding for one intent, in the order of the checks. */
export interface AuditRecord {
  readonly decisionId: string;
  readonly findings: readonly CheckFinding[];
}

/** What the risk audit says of an intent: an order that may leave, or every reason against it, with the numbers of each check. */
export type Verdict =
  | {readonly kind: 'approved'; readonly order: ApprovedOrder; readonly audit: AuditRecord}
  | {readonly kind: 'refused'; readonly reasons: readonly string[]; readonly audit: AuditRecord}
  | {readonly kind: 'nothing-to-do'};
