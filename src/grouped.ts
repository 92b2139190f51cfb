/** `1,879`. By hand: to load Node's own formatter takes 10 ms, as long as to find that nothing changed. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
