import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * A shell that runs each line it is given as a daemon in a folder. When its input ends, by `stop`
 * or because this process died however it died, it kills them and removes the folder.
 */
export function guard(folder: string) {
  const script = `while IFS= read -r line; do eval "exec $line" & daemons="$daemons $!"; done
    [ -z "$daemons" ] || kill -KILL $daemons; wait; cd / && rm -rf "$0"`;
  const shell = spawn('sh', ['-c', script, folder], {
    cwd: folder,
    detached: true, // Ctrl-C in the terminal must reach it as the end of its input, not as a signal.
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(shell, 'exit');
  return {
    daemon: (command: string) => {
      shell.stdin.write(`${command}\n`);
    },
    stop: async () => {
      shell.stdin.end();
      await ended;
    },
  };
}
