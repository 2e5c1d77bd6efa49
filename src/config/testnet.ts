import {readSwitch} from './switch.js';

/** TRADING_TESTNET, true unless it says otherwise: whoever means real money says so.
 *  @throws CONFIG_INVALID */
export function readTestnet(environment: Readonly<Record<string, string | undefined>>): boolean {
  return readSwitch('TRADING_TESTNET', environment, true);
}
