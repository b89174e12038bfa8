/** What secrets look like, each with what to call it. None matches a `{{secrets/scope/key}}` reference. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\bdapi[0-9a-f]{32}(-\d+)?\b/, "a Databricks token"],
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, "a private key"],
  [/\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{20,}/i, "a connection string with a key"],
  [/;\s*(?:password|pwd)\s*=\s*[^;{\s][^;]*/i, "a connection string with a password"],
  [/\b[a-z][a-z0-9+.:-]*:\/\/[^\s:@/{}]+:[^\s@/{}]+@/i, "a URL with a password"],
  [/[?&]sig=[A-Za-z0-9%+/=]{20,}/, "a shared access signature"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, "an AWS access key"],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/, "a JSON web token"],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{22,}/, "a GitHub token"],
  [/(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}/, "a client secret of Microsoft Entra"],
  [/\bxox[abprs]-[\w-]{10,}/, "a Slack token"],
];

/** What a text looks like that is a secret whatever its name; undefined for any other text. */
export function looksSecret(text: string): string | undefined {
  return PATTERNS.find(([pattern]) => pattern.test(text))?.[1];
}

const SECRET_WORDS =
  /(?:^| )(?:password|passwd|pwd|passphrase|secret|token|credentials?|sas|api ?key|(?:access|account|private|shared|secret|storage|encryption) key|connection string)(?: |$)/;
/** Last words of names that are about a secret and are none. */
const INNOCENT =
  /(?:scope|name|names|id|file|path|dir|folder|url|uri|host|endpoint|type|kind|column|table|count|limit|length|size|ttl|seconds|minutes|days|expiry)$/;

/**
 * Whether a parameter's name says that its value is a secret, and a value is there: neither empty, nor
 * a switch, nor a reference such as `{{secrets/scope/key}}`.
 */
export function namesSecret(name: string, value: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[^A-Za-z0-9]+/g, " ")
    .trim()
    .toLowerCase();
  if (!SECRET_WORDS.test(words) || INNOCENT.test(words)) return false;
  return !/^\s*(?:true|false|none|null)?\s*$/i.test(value) && !/^\s*\{\{[^{}]+\}\}\s*$/.test(value);
}
