import {fetchBalances} from '../exchange/ccxt-account.js';
import {CcxtBroker} from '../exchange/ccxt-broker.js';
import {CcxtConnection} from '../exchange/ccxt-connection.js';
import {fetchPermissions} from '../exchange/ccxt-permissions.js';
import {readExchangeSettings, readTradingAccess} from '../config/exchange-settings.js';
import {resolveProvider} from '../config/provider.js';
import {failure} from './doctor-check.js';
import type {CheckResult, DoctorRequest} from './doctor-check.js';

/** A clock that is off by more is worth putting right, though every request makes up for it, ms. */
const CLOCK_OFF_MS = 1000;

/** Looks at the exchange that the settings name; at what orders need there as well, where its credentials are set.
 *  @returns nothing where none is named */
export async function checkExchange({
  environment,
  provider: flag,
  symbol = 'BTC/USDT',
}: DoctorRequest): Promise<CheckResult[]> {
  const named = flag ?? (environment['TRADING_PROVIDER'] || undefined);
  if (named === undefined || resolveProvider(named) === 'sim') return [];
  const {provider, baseUrl} = readExchangeSettings(named, environment);
  const isKeySet = ['KEY', 'SECRET'].every(
    (part) => (environment[`${provider.toUpperCase()}_API_${part}`] ?? '') !== '',
  );
  const access = isKeySet ? readTradingAccess(named, environment) : undefined;
  const connection = await CcxtConnection.open({
    ...{provider, baseUrl, testnet: access?.testnet ?? false},
    ...(access === undefined ? {} : {credentials: access.credentials}),
  });
  try {
    return [...(await checkTradingAccess(connection, symbol))];
  } finally {
    connection.close();
  }
}

/** Looks at everything that orders of a symbol need from an exchange: that it can be reached, that the clocks agree, that the symbol
 *  is traded, that the credentials are taken, what the key may do, and what lies there. Sends no order. Without credentials it looks at
 *  what everybody may see.
 *  @param onError told of what a check failed with, before it becomes a result; may throw it
 *  @returns one result a check, as far as one can be made without those before */
export async function checkTradingAccess(
  connection: CcxtConnection,
  symbol: string,
  onError: (error: unknown) => void = () => undefined,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const steps: [string, () => Promise<CheckResult>][] = [
    ['exchange', () => checkClock(connection)],
    ['market', () => checkMarket(connection, symbol)],
    ['credentials', () => checkCredentials(connection, symbol)],
  ];
  if (connection.hasCredentials) steps.push(['permissions', () => checkPermissions(connection)]);
  for (const [check, run] of steps) {
    try {
      results.push(await run());
    } catch (error) {
      onError(error);
      results.push(failure(check, error));
      break;
    }
  }
  return results;
}

async function checkClock(connection: CcxtConnection): Promise<CheckResult> {
  const {provider, testnet} = connection;
  await connection.serverTimeMs();
  await connection.syncClock();
  const aheadMs = Math.round(connection.clockAheadMs);
  const where = `${provider}${testnet ? ' test network' : ''} answers`;
  if (Math.abs(aheadMs) <= CLOCK_OFF_MS) {
    return {check: 'exchange', verdict: 'ok', text: `${where}; its clock is within a second of ours`};
  }
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(1);
  const text = `${where}; our clock is ${seconds} s ${aheadMs > 0 ? 'ahead' : 'behind'}: set it by NTP`;
  return {check: 'exchange', verdict: 'warning', text};
}

async function checkMarket(connection: CcxtConnection, symbol: string): Promise<CheckResult> {
  const {lotSizeBase, minNotionalQuote, base, quote} = await connection.marketRules(symbol);
  const text = `${symbol} is traded in steps of ${lotSizeBase.toFixed()} ${base}, at least ${minNotionalQuote.toFixed()} ${quote} an order`;
  return {check: 'market', verdict: 'ok', text};
}

async function checkCredentials(connection: CcxtConnection, symbol: string): Promise<CheckResult> {
  if (!connection.hasCredentials) {
    const name = connection.provider.toUpperCase();
    const text = `${name}_API_KEY and ${name}_API_SECRET are not set: paper trading alone`;
    return {check: 'credentials', verdict: 'ok', text};
  }
  const {rules} = await CcxtBroker.open(connection, {symbol});
  const totals = await fetchBalances(connection);
  const [base, quote] = [totals.of(rules.base), totals.of(rules.quote)];
  const text = `taken; the account holds ${quote.toFixed()} ${rules.quote} and ${base.toFixed()} ${rules.base}`;
  if (quote.gt(0) || base.gt(0)) return {check: 'credentials', verdict: 'ok', text};
  return {check: 'credentials', verdict: 'warning', text: `${text}: nothing to trade with`};
}

async function checkPermissions(connection: CcxtConnection): Promise<CheckResult> {
  const permissions = await fetchPermissions(connection);
  const warn = (text: string): CheckResult => ({check: 'permissions', verdict: 'warning', text});
  if (permissions === undefined) {
    return warn(
      `${connection.provider} does not tell what the key may do; see to it that it may trade and may not withdraw`,
    );
  }
  const {mayTrade, mayWithdraw, isBoundToAddresses} = permissions;
  if (!mayTrade) {
    const text = 'the key may not trade; allow it spot trading at the exchange';
    return {check: 'permissions', verdict: 'failed', text, code: 'LIVE_REFUSED'};
  }
  if (mayWithdraw) {
    return warn('the key may withdraw; make one that may not: dl-trade needs reading and trading alone');
  }
  if (!isBoundToAddresses) {
    return warn(
      'the key may trade and not withdraw, from any address; bind it to the address of this machine',
    );
  }
  return {
    check: 'permissions',
    verdict: 'ok',
    text: 'the key may trade, may not withdraw, and is bound to addresses',
  };
}
