import {DlTradeError} from '../domain/errors.js';

/** TRADING_TESTNET, true unless it says otherwise: whoever means real money says so.
 *  @throws CONFIG_INVALID */
export function readTestnet(environment: Readonly<Record<string, string | undefined>>): boolean {
  const text = environment['TRADING_TESTNET'] ?? '';
  if (text === '' || /^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  throw new DlTradeError('CONFIG_INVALID', `TRADING_TESTNET was "${text}", want true or false`, {
    details: {setting: 'TRADING_TESTNET', value: text},
  });
}
