/** Names of what a deployed stage is made of: the only reader of the environment outside `cli`. */
export interface Config {
  postsBucket: string;
  stateBucket: string;
  feedsBucket: string;
  /** URLs. */
  postsQueue: string;
  feedsQueue: string;
  announceQueue: string;
  /** Id of the CDN's distribution. */
  distribution: string;
  /** For schedules: the ARN of the posts queue, the role that may send to it, the schedules' group. */
  postsQueueArn: string;
  scheduleRole: string;
  scheduleGroup: string;
  /** Base address of the feeds, if the site file names none: the CDN's. */
  feedsUrl: string;
}

const variables = {
  postsBucket: 'TIDINGS_POSTS_BUCKET',
  stateBucket: 'TIDINGS_STATE_BUCKET',
  feedsBucket: 'TIDINGS_FEEDS_BUCKET',
  postsQueue: 'TIDINGS_POSTS_QUEUE_URL',
  feedsQueue: 'TIDINGS_FEEDS_QUEUE_URL',
  announceQueue: 'TIDINGS_ANNOUNCE_QUEUE_URL',
  distribution: 'TIDINGS_DISTRIBUTION_ID',
  postsQueueArn: 'TIDINGS_POSTS_QUEUE_ARN',
  scheduleRole: 'TIDINGS_SCHEDULE_ROLE_ARN',
  scheduleGroup: 'TIDINGS_SCHEDULE_GROUP',
  feedsUrl: 'TIDINGS_FEEDS_URL',
} as const;

type Need = keyof typeof variables;

/** Read by Powertools, which would make up both where they are missing; alarms go by them. */
const forMetrics = ['POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME'];

/** What announce needs. */
export const announceNeeds = [
  'stateBucket',
  'announceQueue',
  'distribution',
  'feedsUrl',
] as const satisfies readonly Need[];

/** What serve needs: it reads no post, and writes nothing but requests for refreshes. */
export const serveNeeds = [
  'stateBucket',
  'feedsBucket',
  'feedsQueue',
] as const satisfies readonly Need[];

/** What ingest and refresh need. */
export const pipelineNeeds = [
  'postsBucket',
  'stateBucket',
  'feedsBucket',
  'postsQueue',
  'feedsQueue',
  'postsQueueArn',
  'scheduleRole',
  'scheduleGroup',
  'feedsUrl',
] as const satisfies readonly Need[];

export type PipelineConfig = Pick<Config, (typeof pipelineNeeds)[number]>;

/**
 * Reads of the configuration what a function needs, and `feedsUrl` where it is set; throws with
 * one line that names every variable that is missing.
 */
export function readConfig<N extends Need>(
  needs: readonly N[],
  environment: NodeJS.ProcessEnv = process.env,
): Pick<Config, N> & Partial<Pick<Config, 'feedsUrl'>> {
  const names = [...needs.map((need) => variables[need]), ...forMetrics];
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0)
    throw new Error(`set in the function's environment: ${missing.join(', ')}`);
  const given = Object.fromEntries(needs.map((need) => [need, environment[variables[need]]]));
  const feedsUrl = environment[variables.feedsUrl];
  return { ...(given as Pick<Config, N>), ...(feedsUrl ? { feedsUrl } : {}) };
}
