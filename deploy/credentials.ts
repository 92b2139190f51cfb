/**
 * What the bundles have in place of `@aws-sdk/credential-provider-node`: a Lambda's credentials are
 * in its environment as long as it lives. The SDK's own search through files, sign-on and instance
 * metadata is 90 KB that no function needs.
 */
export function defaultProvider() {
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
      throw new Error('set in the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY');
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    };
  };
}
