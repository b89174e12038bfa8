/**
 * The JSON object that `pulumi preview --json` prints, undefined if it prints none: a preview that fails before
 * the engine starts has none, and plain text can come before it (https://github.com/pulumi/pulumi/issues/19775).
 */
export function previewJson(stdout: string): unknown {
  const start = /^\{/m.exec(stdout)?.index;
  if (start === undefined) return undefined;
  try {
    return JSON.parse(stdout.slice(start));
  } catch {
    return undefined;
  }
}
