import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { Gone, InvalidSite, InvalidState, Unavailable } from '../errors.ts';
import { BadArguments } from './bad-arguments.ts';
import type { Output } from './output.ts';
import type { ServeOptions } from './serve.ts';

/** A command line that is being run. */
interface Running {
  program: Command;
  output: Output;
  /** Is told the exit status. */
  done(status: number): void;
}

/**
 * Runs a command line and tells the exit status: 0, 1 for what the command is about, 2 for how it was called.
 * Each command is loaded when it is called: a build need not wait for the code of the others.
 */
export async function run(args: string[], output: Output): Promise<number> {
  let status = 0;
  const program = new Command('tidings')
    .description('Turns a folder or bucket of Markdown posts into RSS, Atom and JSON feeds.')
    .version(manifest.version)
    .configureOutput({ writeOut: output.out, writeErr: output.err })
    .exitOverride()
    .showHelpAfterError('(tidings --help shows what there is)')
    .hook('preAction', (_, command) => requireValues(command));
  const done = (told: number) => {
    status = told;
  };
  for (const add of commands) add({ program, output, done });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    return statusOf(error, output);
  }
}

/** An empty value is a variable of a script that is not set. It would name the folder one stands in. */
function requireValues(command: Command): void {
  if (command.args.includes('')) throw new BadArguments('an argument is empty');
  for (const option of command.options)
    if (command.getOptionValue(option.attributeName()) === '')
      throw new BadArguments(`${option.long} is empty`);
}

/** In the order of the help. */
const commands = [
  buildCommand,
  serveCommand,
  checkCommand,
  explainCommand,
  problemsCommand,
  syncCommand,
  statusCommand,
  redriveCommand,
  rebuildCommand,
  initCommand,
];

const site = () => new Option('--site <file>', 'settings, if not tidings.yml beside the posts');
const feeds = () =>
  new Option('--feeds <url>', 'base address of the feeds, if the settings name none');
const endpoint = () =>
  new Option('--endpoint <url>', "address of an S3-compatible server, if not AWS's");
const stage = () => new Option('--stage <name>', 'as it was deployed: prod').makeOptionMandatory();
const region = () => new Option('--region <name>', 'of AWS, if not the one of your settings');

function buildCommand({ program, output, done }: Running): void {
  program
    .command('build')
    .description('write every feed as a file or object')
    .argument('<posts>', 'folder of posts, or s3://bucket/folder')
    .requiredOption('--out <place>', 'folder or bucket for the feeds')
    .addOption(site())
    .addOption(feeds())
    .option(
      '--state <place>',
      'folder or bucket that remembers what was built, to build only what changed',
    )
    .addOption(endpoint())
    .option('--strict', 'exit with 1 if any post has a problem')
    .action(async (posts, options) => {
      const { build } = await import('./build.ts');
      done(await build(posts, options, output));
    });
}

function serveCommand({ program, output, done }: Running): void {
  program
    .command('serve')
    .description('build in memory, serve over HTTP, and refresh what changes')
    .argument('[posts]', 'folder of posts; without it, the example posts')
    .addOption(site())
    .option('--port <number>', 'port to listen on', port, 8080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .action(async (posts, options) => {
      done(await serveUntilStopped(posts, options, output));
    });
}

function checkCommand({ program, output, done }: Running): void {
  program
    .command('check')
    .description('judge RSS, Atom and JSON feeds and OPML files by their specifications')
    .argument('<target...>', 'files, URLs, or - for standard input')
    .action(async (targets) => {
      const { checkCommand } = await import('./check.ts');
      const line = (write: (text: string) => void) => (text: string) => write(`${text}\n`);
      done(await checkCommand(targets, { out: line(output.out), err: line(output.err) }));
    });
}

function explainCommand({ program, output, done }: Running): void {
  program
    .command('explain')
    .description('show one post as the system sees it')
    .argument('<file>', 'a post, also s3://bucket/key')
    .addOption(site())
    .option('--posts <place>', 'folder or bucket of posts, if tidings.yml does not tell')
    .addOption(endpoint())
    .action(async (file, options) => {
      const { explain } = await import('./explain.ts');
      done(await explain(file, options, output));
    });
}

function problemsCommand({ program, output, done }: Running): void {
  program
    .command('problems')
    .description('list what is wrong with the posts of a state')
    .requiredOption('--state <place>', 'folder or bucket that build or a deployed stage keeps')
    .option('--strict', 'exit with 1 if there is any problem')
    .addOption(endpoint())
    .action(async (options) => {
      const { problems } = await import('./problems.ts');
      done(await problems(options, output));
    });
}

function syncCommand({ program, output, done }: Running): void {
  program
    .command('sync')
    .description('publish what a state does not have as the posts are now')
    .argument('<posts>', 'folder of posts, or s3://bucket/folder')
    .requiredOption('--state <place>', 'folder or bucket that build or a deployed stage keeps')
    .option('--out <place>', 'folder or bucket of the feeds, to publish from here')
    .option('--posts-queue <url>', "a deployed stage's queue of posts, to have it publish")
    .option('--feeds-queue <url>', 'and its queue of feeds')
    .option('--repair', 'make broken records of the state anew from the posts')
    .addOption(site())
    .addOption(feeds())
    .addOption(endpoint())
    .action(async (posts, options) => {
      const { sync } = await import('./sync.ts');
      done(await sync(posts, options, output));
    });
}

function statusCommand({ program, output, done }: Running): void {
  program
    .command('status')
    .description('show what a deployed stage has to do, and what failed')
    .addOption(stage())
    .addOption(region())
    .action(async (options) => {
      const command = await import('./status.ts');
      done(await command.status(options, output));
    });
}

function redriveCommand({ program, output, done }: Running): void {
  program
    .command('redrive')
    .description('have a deployed stage try again what failed for good')
    .addOption(stage())
    .addOption(region())
    .action(async (options) => {
      const { redrive } = await import('./redrive.ts');
      done(await redrive(options, output));
    });
}

function rebuildCommand({ program, output, done }: Running): void {
  program
    .command('rebuild')
    .description('have a deployed stage make every feed anew from the posts')
    .addOption(stage())
    .addOption(region())
    .action(async (options) => {
      const { rebuild } = await import('./rebuild.ts');
      done(await rebuild(options, output));
    });
}

function initCommand({ program, output, done }: Running): void {
  program
    .command('init')
    .description("write tidings.yml from a blog's own configuration")
    .argument('[folder]', 'folder of posts', '.')
    .option('--out <file>', 'where to write, if not tidings.yml in that folder')
    .option('--force', 'replace a file that is there')
    .action(async (folder, options) => {
      const { init } = await import('./init.ts');
      done(await init(folder, options, output));
    });
}

function statusOf(error: unknown, { err }: Output): number {
  // Commander has said it already; its help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof BadArguments || error instanceof InvalidSite) {
    err(`${error.message}\n`);
    return 2;
  }
  if (error instanceof Unavailable || error instanceof Gone || error instanceof InvalidState) {
    err(`${error.message}\n`);
    return 1;
  }
  throw error;
}

function port(text: string): number {
  const number = text === '' ? Number.NaN : Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
  return number;
}

async function serveUntilStopped(
  posts: string | undefined,
  options: ServeOptions,
  output: Output,
): Promise<number> {
  const { serveBlog } = await import('./serve.ts');
  const serving = await serveBlog(posts, options, output);
  const stopped = new Promise((stop) => {
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
  output.out(`every feed is listed at ${serving.address}/\n`);
  await stopped;
  await serving.close();
  return 0;
}
