import tseslint from 'typescript-eslint';

// Each stage may import `domain` and what stands here: the order of the stages is known to `engine` alone.
// `files` is no stage: atomic output and reading of lines, for every stage that owns a file format. What decides,
// audits, executes and books money has no business with a disk and does not get it.
export const LAYERS = {
  domain: [],
  files: [],
  candles: ['files'],
  features: ['files'],
  model: ['files'],
  decision: [],
  risk: [],
  execution: [],
  ledger: [],
  store: ['files'],
  config: [],
  exchange: ['files', 'candles', 'execution'],
  training: ['files', 'candles', 'features', 'model'],
  engine: ['candles', 'features', 'model', 'decision', 'risk', 'execution', 'ledger', 'store'],
  report: ['files', 'store'],
  backtest: ['features', 'model', 'execution', 'engine', 'report'],
  session: [
    ...['candles', 'features', 'model', 'decision', 'risk', 'execution', 'ledger', 'store'],
    ...['files', 'training', 'engine', 'exchange', 'config', 'report', 'backtest'],
  ],
  cli: ['files'],
};

// Time, chance, timers and the environment enter through these alone.
const MAY_TOUCH_THE_WORLD = ['exchange', 'session', 'config', 'cli'];

function layer(name) {
  const forbidden = Object.keys(LAYERS).filter(
    (other) => other !== name && other !== 'domain' && !LAYERS[name].includes(other),
  );
  return {
    files: [`src/${name}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join('|')})/`,
              message: `src/${name} may import only domain${LAYERS[name].map((other) => `, ${other}`).join('')}.`,
            },
          ],
        },
      ],
      ...(MAY_TOUCH_THE_WORLD.includes(name)
        ? {}
        : {
            'no-restricted-properties': [
              'error',
              {object: 'Date', property: 'now', message: 'Take a Clock.'},
              {object: 'Math', property: 'random', message: 'Take a seeded generator.'},
              {object: 'process', property: 'env', message: 'Take configuration as an argument.'},
            ],
            'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate'],
            'no-restricted-syntax': [
              'error',
              {selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take a Clock.'},
            ],
          }),
    },
  };
}

export default tseslint.config(
  {ignores: ['dist', 'build', 'coverage', '.venv', 'node_modules']},
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.check.json', './tsconfig.browser.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true}],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  ...Object.keys(LAYERS).map(layer),
  {
    // Plain JavaScript runs before anything is installed, so nothing types it.
    files: ['**/*.js', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
  },
  {files: ['**/*.mjs'], rules: {'no-console': 'off'}},
);
