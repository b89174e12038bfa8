/**
 * The first line of a preview's comment, which no reader sees: whoever posts the comment finds by it the one
 * of an earlier run. https://docs.github.com/en/get-started/writing-on-github
 * @param project - Name in Pulumi.yaml.
 * @param stack - e.g. `prod`.
 */
export function previewMarker(project: string, stack: string): string {
  return `<!-- mlops-preview ${safe(project)}/${safe(stack)} -->`;
}

/** The second line where nothing changes: worth saying only in the place of a comment that said otherwise. */
export const NOTHING_TO_SAY = "<!-- mlops-preview: no changes -->";

/** Names of projects and stacks are made of these: nothing that could end the comment. */
function safe(name: string): string {
  return name.replaceAll(/[^\w.-]|--+/g, "_");
}
