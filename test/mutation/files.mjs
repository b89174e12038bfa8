/** What decides whether a version becomes champion: pure functions, without network or clock. */
export const decision = [
  "decide",
  ...["check", "checkRule", "checkBounds", "checkGain", "checkProvenance", "signature", "canary"],
  ...["measured", "decimal", "rollback"],
].map((name) => `components/gate/decision/${name}.ts`);

/**
 * The examples that must notice each change to it. The properties, which draw at random, are left out: what
 * they notice in one run they may miss in the next.
 */
export const examples = [
  ...["decide", "decideEvidence", "breakglass", "rollbackDecision", "signature"],
  ...["checkBounds", "checkSlicesAndRows", "checkGain", "checkProvenance", "checkAge"],
  ...["canary", "canarySteps", "decimal", "measured", "unknownResults"],
].map((name) => `test/unit/gate/${name}.test.ts`);
