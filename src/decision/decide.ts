import type {AccountView, PositionView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import {Decimal} from '../domain/decimal.js';
import type {Forecast} from '../domain/forecast.js';
import type {HoldIntent, Intent, OrderIntent, Side} from '../domain/order.js';
import {requireDecisionConfig} from './decision-config.js';
import type {DecisionConfig} from './decision-config.js';
import {Exits} from './exits.js';
import {confidenceOf, signalOf} from './signal.js';
import {closableQuantity, openingQuantity} from './sizing.js';

/** One decision for one closed candle. `account` must have been marked at the candle's close. */
export interface Decide {
  /** @param forecast undefined while the model warms up: exits are still watched */
  (forecast: Forecast | undefined, account: AccountView, candle: Candle): Intent;
  /** Shows a candle that an earlier life decided on, so that a trailing stop remembers its best close. */
  observe(account: AccountView, candle: Candle): void;
}

const HOLD = Object.fromEntries(
  (
    [
      'neutral',
      'already-long',
      'already-short',
      'nothing-to-close',
      'order-pending',
      'no-cash',
      'shorts-disabled',
    ] as const
  ).map((reason) => [reason, Object.freeze({kind: 'hold', reason})]),
) as Record<HoldIntent['reason'], HoldIntent>;

/** The strategy's rule: signal and account to intent. Floats become decimals here and never go back.
 *  @throws CONFIG_INVALID for a setting outside its range */
export function createDecision(config: DecisionConfig): Decide {
  requireDecisionConfig(config);
  const {rules, threshold, allowShorts = false} = config;
  const exits = new Exits(config.exits);
  const costBps = (config.feeBps ?? 10) + (config.slippageBps ?? 2) + (config.bufferBps ?? 50);
  const limits = {
    maxNotionalQuote: config.maxNotionalQuote,
    costFactor: new Decimal(costBps).dividedBy(10_000).plus(1),
  };

  function observe(account: AccountView, candle: Candle): void {
    if (!exits.off) exits.observe(positionOf(account, rules.symbol), candle.close);
  }

  function decide(forecast: Forecast | undefined, account: AccountView, candle: Candle): Intent {
    observe(account, candle);
    const signal = forecast === undefined ? 'neutral' : signalOf(forecast.probability, threshold);
    // Most candles end here, before any decimal is made.
    if (signal === 'neutral' && exits.off) return HOLD.neutral;

    const position = positionOf(account, rules.symbol);
    const price = new Decimal(candle.close);
    const closable = position === undefined ? undefined : closableQuantity(position, rules, price);
    const open = closable?.gt(0) === true ? position : undefined;
    const exit = open === undefined ? undefined : exits.reason(open, candle.close, account.timeMs);
    if (exit === undefined && signal === 'neutral') return HOLD.neutral;
    if (account.pendingOrders.some(({symbol}) => symbol === rules.symbol)) return HOLD['order-pending'];
    if (open !== undefined && exit !== undefined) {
      return order({
        candle,
        price,
        side: closingSide(open),
        quantity: closable!,
        reason: exit,
        confidence: 1,
      });
    }

    const confidence = confidenceOf(forecast!.probability);
    const side = signal as Side;
    if (open !== undefined) {
      if (side !== closingSide(open))
        return open.side === 'long' ? HOLD['already-long'] : HOLD['already-short'];
      return order({candle, price, side, quantity: closable!, reason: 'signal', confidence, closes: true});
    }

    if (side === 'sell' && !allowShorts) {
      return position === undefined ? HOLD['shorts-disabled'] : HOLD['nothing-to-close'];
    }
    const quantity = openingQuantity(limits, account, rules, {price, held: position});
    if (!quantity.gt(0)) return HOLD['no-cash'];
    return order({candle, price, side, quantity, reason: 'signal', confidence});
  }

  function order(wanted: {
    candle: Candle;
    price: Decimal;
    side: Side;
    quantity: Decimal;
    reason: OrderIntent['reason'];
    confidence: number;
    closes?: boolean;
  }): OrderIntent {
    const {candle, price, side, quantity, reason, confidence} = wanted;
    const reduceOnly = reason !== 'signal' || wanted.closes === true;
    const purpose = reason === 'signal' ? `${reduceOnly ? 'close' : 'open'}-${side}` : reason;
    return {
      kind: 'order',
      decisionId: `${config.strategyId}:${rules.symbol}:${candle.openTimeMs}:${purpose}`,
      symbol: rules.symbol,
      side,
      reduceOnly,
      quantityBase: quantity,
      referencePrice: price,
      notionalQuote: quantity.times(price),
      confidence,
      reason,
      openTimeMs: candle.openTimeMs,
    };
  }

  return Object.assign(decide, {observe});
}

/** Closes whatever is held, for a kill switch that flattens: no forecast and no exit rule is asked. Pending orders
 *  are the caller's to cancel first.
 *  @returns a hold where nothing that a venue would take is held */
export function flatten(
  config: Pick<DecisionConfig, 'strategyId' | 'rules'>,
  account: AccountView,
  candle: Candle,
): Intent {
  const {strategyId, rules} = config;
  const position = positionOf(account, rules.symbol);
  const price = new Decimal(candle.close);
  const quantity = position === undefined ? undefined : closableQuantity(position, rules, price);
  if (position === undefined || quantity?.gt(0) !== true) return HOLD['nothing-to-close'];
  return {
    kind: 'order',
    decisionId: `${strategyId}:${rules.symbol}:${candle.openTimeMs}:flatten`,
    symbol: rules.symbol,
    side: closingSide(position),
    reduceOnly: true,
    quantityBase: quantity,
    referencePrice: price,
    notionalQuote: quantity.times(price),
    confidence: 1,
    reason: 'flatten',
    openTimeMs: candle.openTimeMs,
  };
}

function positionOf(account: AccountView, symbol: string): PositionView | undefined {
  return account.positions.find((position) => position.symbol === symbol);
}

function closingSide(position: PositionView): Side {
  return position.side === 'long' ? 'sell' : 'buy';
}
