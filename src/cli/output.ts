/** Where a command writes: results to `out`, problems and progress to `err`. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}
