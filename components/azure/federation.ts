/** Who may sign in as an identity without a secret: an issuer's token for this subject. */
export interface FederatedSubject {
  /** Name of the credential, unique within its identity. */
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
}

/** Audience of tokens that Microsoft Entra ID exchanges. */
export const AUDIENCE = "api://AzureADTokenExchange";

/**
 * A repository as the subjects of its tokens begin. Repositories made or renamed since July 2026 carry
 * their ids: https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens
 */
export const GITHUB_REPOSITORY = /^[\w.-]+(@\d+)?\/[\w.-]+(@\d+)?$/;

/** What of a repository may deploy. No wildcards, because Azure compares subjects literally. */
export const GITHUB_DEPLOY_SUBJECT = /^(environment:[\w.-]+|ref:refs\/(heads|tags)\/[\w./-]+)$/;

/** What of a repository may preview. */
export const GITHUB_SUBJECT = new RegExp(`^pull_request$|${GITHUB_DEPLOY_SUBJECT.source}`);

/**
 * Issuer of a service connection's tokens. Azure DevOps' own issuer, `https://vstoken.dev.azure.com/…`, ends
 * in July 2027: https://learn.microsoft.com/azure/devops/pipelines/release/convert-service-connections
 */
export const AZURE_DEVOPS_ISSUER = /^https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}\/v2\.0$/;

/**
 * Subject of a service connection, as its page shows it; organization and connection are in it by id:
 * https://learn.microsoft.com/azure/devops/pipelines/release/configure-workload-identity
 */
export const AZURE_DEVOPS_SUBJECT = /^\/eid1\/c\/[\w/-]+\/sc\/[0-9a-f-]{36}\/[0-9a-f-]{36}$/;

/**
 * The federated subjects of a GitHub repository.
 * @param subjects - E.g. `pull_request`, `environment:prod`, `ref:refs/heads/main`.
 */
export function githubSubjects(
  repository: string,
  subjects: readonly string[],
): FederatedSubject[] {
  return subjects.map((subject) => ({
    name: `github-${subject.replaceAll(/[^A-Za-z0-9]+/g, "-")}`,
    issuer: "https://token.actions.githubusercontent.com",
    subject: `repo:${repository}:${subject}`,
  }));
}
