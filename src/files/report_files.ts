/** How the files of a report are recognised as csn's. */

/** Whether a file that begins so is the page of a report. */
export function isReportPage(head: string): boolean {
  return head.includes("<p>Made by csn ");
}

/** Whether a file that begins so is a report's analysis.json. */
export function isReportAnalysis(head: string): boolean {
  return head.startsWith('{\n "format": 1,\n "model": {');
}

/** Whether a file of this name, relative to the folder of a report's parts, can be one of them. */
export function isReportPart(path: string): boolean {
  return /^[^/]+\.(svg|png)$|^analysis\.json$|^layouts\/[0-9a-f]+\.f32$/.test(path);
}
