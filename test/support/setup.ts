import fc from 'fast-check';

// One seed, so that a failure in CI is the same failure at home; FAST_CHECK_SEED tries another.
fc.configureGlobal({seed: Number(process.env['FAST_CHECK_SEED'] ?? 20_260_101)});
