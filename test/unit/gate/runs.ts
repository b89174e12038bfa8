/**
 * How many cases a property of the gate is tried on: 10,000, or what `MLOPS_PROPERTY_RUNS` says, such as
 * 100,000 before a release.
 */
export const runs = wholeNumber(process.env["MLOPS_PROPERTY_RUNS"] ?? "10000");

function wholeNumber(text: string): number {
  if (/^[1-9][0-9]*$/.test(text)) return Number(text);
  throw new Error(`MLOPS_PROPERTY_RUNS is '${text}'; it must be a whole number, 1 or more.`);
}
