import fc from 'fast-check';

// The same cases on every run, so that a red run is a change's fault; SEED=random looks for new ones.
const { SEED = '1' } = process.env;
if (SEED !== 'random') fc.configureGlobal({ seed: Number(SEED) });
