type Show = (progress: { phase: string; done: number; total: number }) => void;

/**
 * Shows progress on a terminal, on standard error, while `work` is under way, however that ends;
 * elsewhere nothing.
 */
export async function withProgress<T>(work: (show: Show) => Promise<T>): Promise<T> {
  const { stderr: stream } = process;
  if (!stream.isTTY) return work(() => {});
  // By its default: the names of a CommonJS package are not those of its bundle.
  const { Presets, SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar(
    {
      stream,
      format: '{phase} {bar} {value} of {total}',
      clearOnComplete: true,
      // With the cursor hidden and wrapping off, an interrupt would leave the terminal so.
      hideCursor: false,
      linewrap: true,
    },
    Presets.shades_classic,
  );
  let phase = '';
  try {
    return await work((progress) => {
      if (progress.phase !== phase) {
        bar.stop();
        phase = progress.phase;
        bar.start(progress.total, 0, { phase });
      }
      bar.update(progress.done);
    });
  } finally {
    bar.stop();
  }
}
