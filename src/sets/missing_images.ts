/** Share of a set's images that may be missing or unreadable before work is refused. */
export const toleratedMissing = 0.01;
