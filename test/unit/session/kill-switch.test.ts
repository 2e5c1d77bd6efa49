import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, describe, expect, it, vi} from 'vitest';
import type {HaltOrder} from '../../../src/domain/halt-order.js';
import {HALT_FILE, KillSwitch, orderHalt, withdrawHalt} from '../../../src/session/kill-switch.js';
import {rejected} from '../../support/caught.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const COMMAND: HaltOrder = {reason: 'a reason', flatten: true, requestedAtMs: 1_700_000_000_000};

describe('KillSwitch', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is off without a file, on with one, and off again', async () => {
    const directory = temporaryDirectory();
    const killSwitch = new KillSwitch(directory);
    expect(killSwitch.command).toBeUndefined();
    await orderHalt(directory, COMMAND);
    expect(killSwitch.command).toEqual(COMMAND);
    expect(killSwitch.command).toBe(killSwitch.command);
    await orderHalt(directory, {...COMMAND, reason: 'another'});
    expect(killSwitch.command?.reason).toBe('another');
    expect(await withdrawHalt(directory)).toBe(true);
    expect(killSwitch.command).toBeUndefined();
    expect(await withdrawHalt(directory)).toBe(false);
  });

  it('is a file that people can read', async () => {
    const directory = temporaryDirectory();
    await orderHalt(directory, COMMAND);
    expect(readFileSync(join(directory, HALT_FILE), 'utf8')).toContain(
      '"requestedAt": "2023-11-14T22:13:20.000Z"',
    );
  });

  it.each(['', '{', '[]', '{"reason": 3}', '{"reason": "x", "flatten": "yes", "requestedAtMs": 1}'])(
    'takes a file that says %j for a halt that closes nothing',
    (content) => {
      const directory = temporaryDirectory();
      writeFileSync(join(directory, HALT_FILE), content);
      expect(new KillSwitch(directory).command).toMatchObject({
        reason: 'a halt.json that holds no command',
        flatten: false,
      });
    },
  );

  it('stays on where it cannot be looked at any more', async () => {
    const directory = temporaryDirectory();
    await orderHalt(directory, COMMAND);
    const killSwitch = new KillSwitch(directory);
    expect(killSwitch.command).toEqual(COMMAND);
    const unreadable = new KillSwitch(`${directory}\0`);
    expect(unreadable.command?.reason).toMatch(/cannot be read/);
  });

  it('tells of each change once, within a second, and of none behind close', async () => {
    vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']});
    const directory = temporaryDirectory();
    const killSwitch = new KillSwitch(directory);
    const told: (HaltOrder | undefined)[] = [];
    killSwitch.watch((command) => told.push(command));
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([]);
    await orderHalt(directory, COMMAND);
    vi.advanceTimersByTime(999);
    vi.advanceTimersByTime(5000);
    expect(told).toEqual([COMMAND]);
    rmSync(join(directory, HALT_FILE));
    vi.advanceTimersByTime(999);
    expect(told).toEqual([COMMAND, undefined]);
    killSwitch.close();
    await orderHalt(directory, COMMAND);
    vi.advanceTimersByTime(5000);
    expect(told).toHaveLength(2);
  });

  it('says so where it cannot be written', async () => {
    expect((await rejected(orderHalt(join(temporaryDirectory(), 'nowhere'), COMMAND))).code).toBe(
      'OUTPUT_FAILED',
    );
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), '');
    expect((await rejected(withdrawHalt(join(directory, 'file')))).code).toBe('OUTPUT_FAILED');
  });
});
