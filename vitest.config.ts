import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    sequence: {shuffle: true},
    // Against hanging alone: where other work runs beside, all takes several times as long.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Two cores: a worker more only makes the others wait.
    maxWorkers: 2,
    reporters: ['default', 'json'],
    outputFile: {json: 'build/test-results/unit.json'},
    coverage: {
      // `npm test` counts; a run of a few files alone would fall short of the thresholds.
      enabled: false,
      provider: 'v8',
      include: ['src/**/*.ts'],
      // The commands run in processes of their own, where coverage does not look.
      exclude: [
        'src/cli/{main,run,predict,inspect,features,fetch,doctor,sentiment-help,run-action}.ts',
        'src/cli/{train,compare,walk-forward,import,training-flags}.ts',
        'src/cli/{status,report,replay,halt,backtest,time-flag}.ts',
        // Runs in Chromium, under test/browser.
        'src/report/page/browser/*.ts',
        // The process of a fold.
        'src/session/walk-forward-worker.ts',
        'src/index.ts',
        'src/features/index.ts',
      ],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'build/coverage',
      thresholds: {
        lines: 90,
        'src/model/model-persistence.ts': {lines: 100},
        'src/training/data-preprocessor.ts': {lines: 100},
        'src/training/time-series-dataset.ts': {lines: 100},
      },
    },
  },
});
