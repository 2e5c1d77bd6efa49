import type {AccountView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import type {Clock} from '../domain/clock.js';
import type {HaltOrder, HaltSource} from '../domain/halt-order.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {Intent, OrderIntent} from '../domain/order.js';
import type {Decide} from '../decision/decide.js';
import type {StopMoment} from '../decision/resting-stop.js';
import type {Broker} from '../execution/broker.js';
import type {FeatureStream} from '../features/feature-stream.js';
import type {PositionManager} from '../ledger/position-manager.js';
import type {Predictor} from '../model/predictor.js';
import type {RiskAudit} from '../risk/risk-audit.js';
import type {NewEntry} from '../store/journal-entry.js';

/** What the engine runs on; backtest, paper and live differ in `broker`, `clock` and where the candles come from. */
export interface EngineParts {
  readonly features: Pick<FeatureStream, 'push'>;
  /** `predict` gives nothing until a sequence is full; `observe` only fills it. */
  readonly predictor: Pick<Predictor, 'predict' | 'observe'>;
  readonly decide: Decide;
  /** What closes all that is held.
   *  @param command of the kill switch, where it acts between two candles: each command is a decision of its own */
  readonly flatten: (account: AccountView, candle: Candle, command?: HaltOrder) => Intent;
  /** The stop that is to rest at the venue for what is held; undefined: none ever does. */
  readonly protect: ((account: AccountView, moment: StopMoment) => OrderIntent | undefined) | undefined;
  readonly risk: RiskAudit;
  readonly ledger: PositionManager;
  readonly broker: Broker;
  /** Undefined: nothing is kept. */
  readonly journal:
    | {
        /** Keeps lines, all or none; `durable`: through to the disk before it returns. */
        append(entries: readonly NewEntry[], options: {readonly durable: boolean}): void;
      }
    | undefined;
  /** Undefined: the close of the last candle that was taken in, the clock of everything but a live run. */
  readonly clock: Clock | undefined;
  readonly rules: MarketRules;
  readonly timeframeMs: number;
  /** Buy above it, sell below 1 - it. */
  readonly threshold: number;
  /** Takes over the settings that a `session` line says, from which on the run goes on under them. */
  readonly changeSettings: (session: string) => void;
  /** Undefined: the kill switch stays as the journal left it. */
  readonly killSwitch: HaltSource | undefined;
}
