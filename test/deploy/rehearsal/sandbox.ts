import { registerHooks } from 'node:module';
import { tellTimeOf } from './clock.ts';

/**
 * Loaded before Lambda's runtime client in each sandbox: the rig's clock, and in place of the
 * client's native half (libcurl, a minute's build) the same calls by Node.
 */
tellTimeOf(new URL(import.meta.url).searchParams.get('clock')!);

const native = new URL('native-client.cjs', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.endsWith('rapid-client.node')
      ? { url: native, format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
});
