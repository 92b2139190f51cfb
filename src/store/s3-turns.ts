/**
 * Lets at most `width` calls run at once, the others in the order they came. A time-out then runs
 * while a call is made, not while it waits for one of the connections.
 */
export function turns(width: number): <T>(call: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (call) => {
    if (running < width) running++;
    else await new Promise<void>((start) => waiting.push(start));
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
