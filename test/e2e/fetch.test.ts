import {it, expect} from 'vitest';
import {runCli} from '../support/cli.js';
import {startBinance} from '../support/test-exchange/markets.js';
import {temporaryDirectory} from '../support/temporary-directory.js';
it('works', async () => {
  const exchange = await startBinance();
  const cwd = temporaryDirectory();
  const t = performance.now();
  const r = await runCli(['fetch','--provider','binance','--symbol','BTC/USDT','--timeframe','1h','--since','2024-01-01','--out','btc.csv'], {cwd, env: {BINANCE_BASE_URL: exchange.url}});
  console.log(r, performance.now()-t, exchange.requests.map(({path,query})=>path+' '+String(query)));
  expect(r.code).toBe(0);
});
