import { spawnSync } from 'node:child_process';

/**
 * `npm run audit`: known weaknesses of what runs with Tidings, as far as the registry tells; exit
 * status 1 if there is one. A registry that cannot be asked is said so, and is no failure.
 */
interface Answer {
  vulnerabilities?: Record<string, { severity: string; range: string }>;
}

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
const found = answerOf(stdout).vulnerabilities;
if (!found) console.log('The registry does not answer audits: nothing is known.');
else {
  const names = Object.entries(found);
  for (const [name, { severity, range }] of names) console.log(`${severity}: ${name} ${range}`);
  console.log(`${names.length} packages with known weaknesses`);
  process.exitCode = names.length > 0 ? 1 : 0;
}

function answerOf(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}
