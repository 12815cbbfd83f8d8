/**
 * `Deno.test` for what draws charts: ECharts leaves a timer of one frame behind, which ends by itself but
 * perhaps after the test.
 */
export function drawingTest(name: string, fn: () => void): void {
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false, fn });
}
