/** Where a command writes: results to `out`, problems and progress to `err`. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
  /** True: a person reads `err` as it scrolls by, so long lists are cut. */
  isTerminal?: boolean;
}
