import { pipelineNeeds, readConfig } from '../src/config.ts';
import { openStage } from '../src/publish/stage.ts';
import { startPublisher } from './burst-publisher.ts';

/** A process that publishes, on the stage that its environment names, until it is killed; it answers any message of its parent with its tally. */
const config = readConfig(pipelineNeeds);
const feedsUrl = process.env['TIDINGS_FEEDS_URL']!;
const stage = openStage({ ...config, feedsUrl }, Date.now);
const { tally } = startPublisher({ stage, delay: Number(process.env['BENCH_DELAY']), feedsUrl });
process.on('message', () => process.send!(tally));
process.on('disconnect', () => process.exit());
