type Show = (progress: { phase: string; done: number; total: number }) => void;

/** ECMA-48's private use by terminals, DECSC and DECRC: the cursor's place kept, and taken again. */
const places = ['\u001b7', '\u001b8'];

/**
 * Shows progress on a terminal, on standard error, while `work` is under way, however that ends;
 * elsewhere nothing.
 */
export async function withProgress<T>(work: (show: Show) => Promise<T>): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY || process.env['TERM'] === 'dumb') return work(() => {});
  // By its default: the names of a CommonJS package are not those of its bundle.
  const { Presets, SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar(
    {
      // Where the bar began the shell may have written since, after Ctrl-Z and `fg`.
      stream: Object.create(stderr, {
        write: { value: (text: string) => places.includes(text) || stderr.write(text) },
      }),
      format: '{phase} {bar} {value} of {total}',
      clearOnComplete: true,
      // With the cursor hidden and wrapping off, an interrupt would leave the terminal so.
      hideCursor: false,
      linewrap: true,
    },
    Presets.shades_classic,
  );
  let phase = '';
  let total = 0;
  let isOver = false;
  try {
    return await work((progress) => {
      // Work that failed may go on beside; and what follows a phase's work is no new bar.
      if (isOver || (progress.phase === phase && progress.total !== total)) return;
      if (progress.phase !== phase) {
        bar.stop();
        ({ phase, total } = progress);
        bar.start(total, 0, { phase });
      }
      bar.update(progress.done);
    });
  } finally {
    isOver = true;
    bar.stop();
  }
}
