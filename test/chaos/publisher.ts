/** A publisher whose clock jumps: its parent says by how many milliseconds it is wrong from now on. */
const right = Date.now;
let offset = 0;
Date.now = () => right() + offset;
process.on('message', (jump: number) => {
  offset = jump;
});

await import('../s3/publisher.ts');

export {};
