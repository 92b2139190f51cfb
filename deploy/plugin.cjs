/** A plugin of osls: checks what was asked for, and bundles the functions before they are packaged. */
const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

const root = join(__dirname, '..');

module.exports = class Tidings {
  constructor(serverless) {
    const { Error: Refusal } = serverless.classes;
    const bundle = () => {
      const fault = faultOf(serverless.service);
      if (fault) throw new Refusal(fault);
      // The project's own Node 24, whichever runs osls.
      const node = join(root, 'node_modules/.bin/node');
      execFileSync(node, ['scripts/bundle-functions.ts'], { cwd: root, stdio: 'inherit' });
    };
    this.hooks = {
      'before:package:createDeploymentArtifacts': bundle,
      'before:deploy:function:packageFunction': bundle,
    };
  }
};

/** What CloudFormation would find out only after minutes. */
function faultOf({ provider, resources }) {
  const { Domain, Certificate } = resources.Parameters;
  if (Domain.Default && !Certificate.Default)
    return `set the param "certificate" too: the ARN of a certificate for ${Domain.Default} in us-east-1`;
  // Buckets are named by it, and their names have 63 characters at most.
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(provider.stage))
    return `the stage "${provider.stage}" cannot be part of a bucket's name: use at most 20 small letters, digits and hyphens, a letter first`;
  return undefined;
}
