/** Shows progress on a terminal, on standard error; elsewhere nothing. Call `stop` when done. */
export async function progressBar(stream: NodeJS.WriteStream): Promise<{
  show(progress: { phase: string; done: number; total: number }): void;
  stop(): void;
}> {
  if (!stream.isTTY) return { show: () => {}, stop: () => {} };
  const { Presets, SingleBar } = await import('cli-progress');
  const bar = new SingleBar(
    { stream, format: '{phase} {bar} {value} of {total}', clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  let phase = '';
  return {
    show(progress) {
      if (progress.phase !== phase) {
        bar.stop();
        phase = progress.phase;
        bar.start(progress.total, 0, { phase });
      }
      bar.update(progress.done);
    },
    stop: () => bar.stop(),
  };
}
