import type {AccountView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import type {Forecast, Prediction} from '../domain/forecast.js';
import type {HaltOrder} from '../domain/halt-order.js';
import type {Fill, Intent, OrderIntent, OrderReport} from '../domain/order.js';
import type {Verdict} from '../domain/verdict.js';
import type {PositionChange} from '../ledger/position-manager.js';

/** One thing that happened to a strategy; the journal holds the same. */
export type StepRecord =
  | {readonly kind: 'warming-up'; readonly candle: Candle}
  | DecisionRecord
  | {readonly kind: 'fill'; readonly fill: Fill; readonly change: PositionChange}
  | {readonly kind: 'order'; readonly report: OrderReport}
  | {readonly kind: 'halted'; readonly command: HaltOrder}
  | FlattenRecord
  | StopRecord
  | {readonly kind: 'resumed'};

/** What the kill switch did about what was held when it took effect. */
export interface FlattenRecord {
  readonly kind: 'flattened';
  /** The last closed one. */
  readonly candle: Candle;
  readonly account: AccountView;
  readonly intent: Intent;
  readonly verdict: Verdict;
}

/** A stop that was to rest at the venue for what is held. */
export interface StopRecord {
  readonly kind: 'stop';
  /** The last closed one. */
  readonly candle: Candle;
  readonly account: AccountView;
  readonly intent: OrderIntent;
  /** Where it was refused, the stop loss is watched at closes alone. */
  readonly verdict: Verdict;
}

/** One decided candle. */
export interface DecisionRecord {
  readonly kind: 'decided';
  readonly candle: Candle;
  /** Undefined where an exit rule acted without one: behind a gap, say. */
  readonly forecast: Forecast | undefined;
  readonly prediction: Prediction | undefined;
  /** The account that was decided on, marked at the candle's close. */
  readonly account: AccountView;
  readonly intent: Intent;
  readonly verdict: Verdict;
}
