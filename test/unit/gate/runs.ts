/** How many cases a property of the gate is tried on: `MLOPS_PROPERTY_RUNS`, or 10,000. */
export const runs = {
  numRuns: wholeNumber(process.env["MLOPS_PROPERTY_RUNS"] ?? "10000"),
};

function wholeNumber(text: string): number {
  if (/^[1-9][0-9]*$/.test(text)) return Number(text);
  throw new Error(`MLOPS_PROPERTY_RUNS is '${text}'; it must be a whole number, 1 or more.`);
}
