import {isRestingStop} from '../domain/account-view.js';
import type {AccountView, PositionView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import {Decimal} from '../domain/decimal.js';
import type {Forecast} from '../domain/forecast.js';
import type {HaltOrder} from '../domain/halt-order.js';
import type {HoldIntent, Intent, OrderIntent, Side} from '../domain/order.js';
import {requireDecisionConfig} from './decision-config.js';
import type {DecisionConfig} from './decision-config.js';
import {Exits} from './exits.js';
import {confidenceOf, signalOf} from './signal.js';
import {Closable, costFactorOf, openingSize} from './sizing.js';

/** One decision for one closed candle. `account` must have been marked at the candle's close. */
export interface Decide {
  /** @param forecast undefined while the model warms up: exits are still watched */
  (forecast: Forecast | undefined, account: AccountView, candle: Candle): Intent;
  /** Shows a candle that an earlier life decided on, so that a trailing stop remembers its best close. */
  observe(account: AccountView, candle: Candle): void;
  /** Goes on under other settings; what was seen of an open position stays.
   *  @throws CONFIG_INVALID for one outside its range */
  change(settings: Pick<DecisionConfig, 'threshold' | 'maxNotionalQuote' | 'exits'>): void;
}

/** Ways to do nothing, by their reason. */
export const HOLD = Object.fromEntries(
  (
    [
      'neutral',
      'already-long',
      'already-short',
      'nothing-to-close',
      'order-pending',
      'no-cash',
      'shorts-disabled',
      'stop-uncertain',
    ] as const
  ).map((reason) => [reason, Object.freeze({kind: 'hold', reason})]),
) as Record<HoldIntent['reason'], HoldIntent>;

/** The strategy's rule: signal and account to intent. Floats become decimals here and never go back.
 *  @throws CONFIG_INVALID for a setting outside its range */
export function createDecision(config: DecisionConfig): Decide {
  requireDecisionConfig(config);
  const {rules, allowShorts = false} = config;
  let {threshold} = config;
  const exits = new Exits(config.exits);
  const closable = new Closable(rules);
  const costFactor = costFactorOf(config);
  let limits = {maxNotionalQuote: config.maxNotionalQuote, costFactor};

  function observe(account: AccountView, candle: Candle): void {
    // Also where no rule is set: one may be, in a later life of the same position.
    exits.observe(positionOf(account, rules.symbol), candle.close);
  }

  function change(settings: Parameters<Decide['change']>[0]): void {
    requireDecisionConfig({...config, ...settings});
    threshold = settings.threshold;
    limits = {maxNotionalQuote: settings.maxNotionalQuote, costFactor};
    exits.change(settings.exits ?? {});
  }

  function decide(forecast: Forecast | undefined, account: AccountView, candle: Candle): Intent {
    observe(account, candle);
    const signal = forecast === undefined ? 'neutral' : signalOf(forecast.probability, threshold);
    // Most candles end here, before any decimal is made.
    if (signal === 'neutral' && exits.off) return HOLD.neutral;

    const position = positionOf(account, rules.symbol);
    const lots = position === undefined ? undefined : closable.quantity(position, candle.close);
    if (position === undefined || lots === undefined) return whenFlat(position);

    const exit = exits.reason(position, candle.close, account.timeMs);
    if (exit === undefined && signal === 'neutral') return HOLD.neutral;
    if (isPending(account, 'to-close')) return HOLD['order-pending'];
    const side = closingSide(position);
    if (exit !== undefined) return order({candle, side, quantity: lots, reason: exit, confidence: 1});
    if (signal !== side) return position.side === 'long' ? HOLD['already-long'] : HOLD['already-short'];
    return order({candle, side, quantity: lots, reason: 'signal', confidence: confidence(), closes: true});

    /** @param dust what an earlier position left, if anything */
    function whenFlat(dust: PositionView | undefined): Intent {
      if (signal === 'neutral') {
        if (!isStranded(dust)) return HOLD.neutral;
        return isPending(account, 'to-close') ? HOLD['order-pending'] : HOLD['nothing-to-close'];
      }
      if (isPending(account, 'to-open')) return HOLD['order-pending'];
      if (signal === 'sell' && !allowShorts) {
        return dust === undefined ? HOLD['shorts-disabled'] : HOLD['nothing-to-close'];
      }
      const price = new Decimal(candle.close);
      const {quantity, isBoundByCash} = openingSize(limits, account, rules, {price, held: dust});
      // Too little cash is no order; too small a maximum is one, for the risk audit to refuse with its numbers.
      const affordable = isBoundByCash
        ? quantity.gt(0) && quantity.times(price).gte(rules.minNotionalQuote)
        : quantity.gt(0);
      if (!affordable) return HOLD['no-cash'];
      return order({candle, side: signal, quantity, reason: 'signal', confidence: confidence()});
    }

    /** True where a rule asks for a way out that the venue does not take. */
    function isStranded(held: PositionView | undefined): boolean {
      if (held === undefined || !closable.isWorthTooLittle(held, candle.close)) return false;
      return exits.reason(held, candle.close, account.timeMs) !== undefined;
    }

    function confidence(): number {
      return confidenceOf(forecast?.probability ?? NaN);
    }
  }

  /** A stop that rests is taken back for an order that closes, and keeps anything from being opened. */
  function isPending(account: AccountView, purpose: 'to-open' | 'to-close'): boolean {
    return account.pendingOrders.some(
      (order) => order.symbol === rules.symbol && (purpose === 'to-open' || !isRestingStop(order)),
    );
  }

  function order(wanted: {
    candle: Candle;
    side: Side;
    quantity: Decimal;
    reason: OrderIntent['reason'];
    confidence: number;
    closes?: boolean;
  }): OrderIntent {
    const {candle, side, quantity, reason, confidence} = wanted;
    const price = new Decimal(candle.close);
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

  return Object.assign(decide, {observe, change});
}

/** Closes whatever is held, for a kill switch that flattens: no forecast and no exit rule is asked. Pending orders
 *  are the caller's to cancel first.
 *  @param command what asks for it between two candles: each command is a decision of its own
 *  @returns a hold where nothing that a venue would take is held */
export function flatten(
  config: Pick<DecisionConfig, 'strategyId' | 'rules'>,
  account: AccountView,
  candle: Candle,
  command?: HaltOrder,
): Intent {
  const {strategyId, rules} = config;
  const purpose = command === undefined ? 'flatten' : `flatten-${command.requestedAtMs}`;
  const position = positionOf(account, rules.symbol);
  const price = new Decimal(candle.close);
  const quantity = position === undefined ? undefined : new Closable(rules).quantity(position, candle.close);
  if (position === undefined || quantity === undefined) return HOLD['nothing-to-close'];
  return {
    kind: 'order',
    decisionId: `${strategyId}:${rules.symbol}:${candle.openTimeMs}:${purpose}`,
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

/** What is held of a symbol. */
export function positionOf(account: AccountView, symbol: string): PositionView | undefined {
  return account.positions.find((position) => position.symbol === symbol);
}

/** The side of an order that closes a position. */
export function closingSide(position: PositionView): Side {
  return position.side === 'long' ? 'sell' : 'buy';
}
