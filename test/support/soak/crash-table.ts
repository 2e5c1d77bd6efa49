import {rmSync, writeFileSync} from 'node:fs';
import type {Ending, LifeResult} from './one-life.js';
import {heal} from './random-faults.js';
import {isLive} from './soak-exchange.js';
import type {SoakRun} from './soak-run.js';

/** What must be so for a point to be crossed.
 *  `order under way`: at the start the journal holds an order without an end. `opening order under way`: one that buys and rests, and
 *  the kill switch is on. `flatten`: the switch is turned on, to close, while something is held. `halted`: it was on and is not
 *  any more. `account unread`: the exchange does not tell its balances. `fresh`: the state directory holds no run yet.
 *  `bought in parts`: what is held grows while a stop rests for it. `sold as it is taken back`: a stop fills between the
 *  request to cancel it and the answer. `sold while dead`: it fills between two lives. */
type Given =
  | 'nothing'
  | 'fresh'
  | 'order under way'
  | 'opening order under way'
  | 'flatten'
  | 'halted'
  | 'account unread'
  | 'bought in parts'
  | 'sold as it is taken back'
  | 'sold while dead';

/** Where a life ends in the middle of the protocol. */
export interface CrashCase {
  /** Of crash-points.mjs, or where the exchange kills. */
  readonly point: string;
  readonly given: Given;
}

const cases = (given: Given, ...points: string[]): CrashCase[] => points.map((point) => ({point, given}));

/** Every step of the order protocol, in two halves of about the same length: what lies between two of them is where a crash hurts. */
export const CRASH_TABLE: Readonly<Record<'lstm' | 'transformer', readonly CrashCase[]>> = {
  lstm: [
    ...cases('fresh', 'before-session-line', 'after-session-line'),
    ...cases('nothing', 'before-order-line', 'inside-order-transaction', 'after-order-line', 'before-submit'),
    ...cases('nothing', 'before-request', 'order-arrived', 'order-taken', 'after-answer', 'after-submit'),
    ...cases('nothing', 'before-report-line', 'after-report-line', 'after-news', 'before-fill-line'),
    ...cases('nothing', 'after-fill-line', 'before-step-line', 'after-step-line', 'after-approval'),
    ...cases('nothing', 'before-candle', 'after-features', 'after-forecast', 'after-candle'),
  ],
  transformer: [
    ...cases('fresh', 'before-candle-line', 'after-candle-line'),
    ...cases(
      'order under way',
      'after-recall',
      'before-reconcile',
      'before-query',
      'after-look',
      'after-query',
    ),
    ...cases('order under way', 'after-trades', 'after-balances', 'after-open-orders', 'after-reconcile'),
    ...cases('account unread', 'before-unresolved-line', 'after-unresolved-line'),
    ...cases('opening order under way', 'before-cancel', 'before-cancel-request', 'after-cancel-answer'),
    ...cases('opening order under way', 'after-cancel', 'before-halt-line', 'after-halt-line'),
    ...cases('halted', 'before-resume-line', 'after-resume-line'),
    ...cases('flatten', 'before-flatten-line', 'after-flatten-line'),
  ],
};

/** The same of a stop that rests, in two halves as well. */
export const STOP_CRASHES: Readonly<
  Record<'is placed and taken back' | 'changes and sells', readonly CrashCase[]>
> = {
  'is placed and taken back': [
    ...cases(
      'nothing',
      'before-stop-line',
      'inside-stop-transaction',
      'after-stop-line',
      'before-stop-submit',
    ),
    ...cases('nothing', 'before-stop-request', 'stop-arrived', 'stop-taken', 'after-stop-answer'),
    ...cases('nothing', 'after-stop-submit', 'before-stop-cancel', 'before-stop-cancel-request'),
    ...cases('nothing', 'after-stop-cancel-answer', 'after-stop-cancel'),
  ],
  'changes and sells': [
    ...cases('nothing', 'before-exit-behind-stop-line', 'inside-exit-behind-stop-transaction'),
    ...cases('nothing', 'after-exit-behind-stop-line'),
    ...cases('bought in parts', 'before-replaced-stop-line', 'inside-replaced-stop-transaction'),
    ...cases('bought in parts', 'after-replaced-stop-line'),
    ...cases('sold as it is taken back', 'after-stop-cancel-answer', 'before-exit-behind-stop-line'),
    ...cases('sold while dead', 'after-look', 'before-stop-fill-line', 'inside-stop-fill-transaction'),
    ...cases('sold while dead', 'after-stop-fill-line'),
    ...cases('flatten', 'before-flatten-behind-stop-line', 'inside-flatten-behind-stop-transaction'),
    ...cases('flatten', 'after-flatten-behind-stop-line'),
  ],
};

/** Lives once so that it ends at that point; more often where the life before has to make it possible.
 *  @returns false where the point was never crossed: then nothing was tried */
export async function crashAt(run: SoakRun, {point, given}: CrashCase): Promise<boolean> {
  const {soak, haltFile} = run;
  heal(soak);
  if (given !== 'halted') rmSync(haltFile, {force: true});
  Object.assign(soak.venue.orders.behaviour, {fillAfterMs: 300, fillParts: 2, fillEveryMs: 300});
  if (given === 'order under way' && run.journal.openOrders.length === 0)
    await run.live({kind: 'crash-point', point: 'after-answer', crossing: 1});
  if (given === 'account unread') {
    // Asked for first when it is looked at whether the key may trade, then to compare the books.
    soak.exchange.fail('/api/v3/account', {kind: 'answer', status: 200, body: '{}'}, {skip: 1, times: 3});
  }
  if (given === 'bought in parts')
    Object.assign(soak.venue.orders.behaviour, {fillAfterMs: 0, fillParts: 3, fillEveryMs: 1500});
  if (given === 'sold as it is taken back')
    Object.assign(soak.venue.orders.behaviour, {fillBeforeCancel: true});
  if (given === 'sold while dead') {
    // The exchange may have refused one that the market had passed by.
    for (let life = 0; life < 4 && !soak.stops.some(isLive); life++)
      await run.live({kind: 'crash-point', point: 'after-stop-answer', crossing: 1});
    Object.assign(soak.venue.orders.behaviour, {fillAfterMs: 0, fillParts: 1});
    for (const stop of soak.stops.filter(isLive)) soak.venue.orders.touch(stop, soak.exchange.nowMs);
  }
  let crashed: LifeResult;
  if (given === 'opening order under way') {
    Object.assign(soak.venue.orders.behaviour, {fillAfterMs: 60_000});
    const rests = soak.ours.some(({side, status}) => side === 'BUY' && status === 'NEW');
    if (rests) writeFileSync(haltFile, '');
    crashed = await run.live(endingAt(point), rests ? {} : {halt: 'at an order'});
  } else if (given === 'halted') {
    writeFileSync(haltFile, '');
    await run.live({kind: 'crash-point', point: 'after-halt-line', crossing: 1});
    rmSync(haltFile);
    crashed = await run.live(endingAt(point));
  } else if (given === 'flatten') {
    Object.assign(soak.venue.orders.behaviour, {fillAfterMs: 0, fillParts: 1});
    crashed = await run.live(endingAt(point), {halt: 'at a fill'});
  } else crashed = await run.live(endingAt(point));
  return crashed.asPlanned;
}

function endingAt(point: string): Ending {
  if (point === 'order-arrived') return {kind: 'killed-by-exchange', when: 'arrived', order: 1};
  if (point === 'stop-arrived') return {kind: 'killed-by-exchange', when: 'arrived', order: 1, of: 'stops'};
  if (point === 'stop-taken') return {kind: 'killed-by-exchange', when: 'taken', order: 1, of: 'stops'};
  if (point === 'order-taken') return {kind: 'killed-by-exchange', when: 'taken', order: 1};
  return {kind: 'crash-point', point, crossing: 1};
}
