import {PaperBroker} from '../../src/execution/paper-broker.js';
import {brokerOfCandles} from '../support/test-exchange/open-broker.js';
import {RULES, TIMEFRAME_MS} from '../support/trading.js';
import {keepsTheBrokerContract} from './broker.js';

keepsTheBrokerContract('PaperBroker', () => new PaperBroker({rules: RULES, timeframeMs: TIMEFRAME_MS}));
keepsTheBrokerContract('CcxtBroker', brokerOfCandles);
