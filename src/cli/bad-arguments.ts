/** A command cannot start as it was called: exit status 2. */
export class BadArguments extends Error {
  override readonly name = 'BadArguments';
}
