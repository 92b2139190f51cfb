import { pathOf } from './keys.ts';
import type { Site } from './site.ts';

/** What the publisher says of a path; a slash at its end may be there or not, as tools differ. */
export function ruleFor<T>(key: string, rule: (path: string) => T | undefined): T | undefined {
  const path = pathOf(key);
  return rule(path) ?? rule(path.endsWith('/') ? path.slice(0, -1) : `${path}/`);
}

/** True if readers get what the site file says of a key, whatever is stored there. */
export function isRuled(key: string, { moved, gone }: Site): boolean {
  return (
    ruleFor(key, (path) => moved[path] !== undefined || gone.includes(path) || undefined) ?? false
  );
}
