import { afterEach, expect, test, vi } from "vitest";
import { isIssued, issue } from "../../../local/tokens";

afterEach(() => {
  vi.useRealTimers();
});

const KEY = "the-workspace's-own-token";
const AUDIENCE = "http://127.0.0.1:8686";
const token = issue(KEY, AUDIENCE, { sub: "job" }, 3600);

test("what was issued is good, for whom it was issued, with the same key", () => {
  expect(isIssued(KEY, AUDIENCE, token)).toBe(true);
  expect(isIssued(KEY, `${AUDIENCE}/oidc/v1/token`, token)).toBe(false);
  expect(isIssued("another", AUDIENCE, token)).toBe(false);
});

test("nothing that was changed, or made up, is good", () => {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = { sub: "admin", aud: AUDIENCE, exp: 9_999_999_999 };
  const forged = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  for (const made of [
    `${header}.${forged}.${signature}`,
    `${none}.${forged}.`,
    `${header}.${payload}`,
    "",
    "..",
    KEY,
  ]) {
    expect(isIssued(KEY, AUDIENCE, made), made).toBe(false);
  }
});

test("it ends", () => {
  vi.useFakeTimers({ now: Date.now() + 3_601_000 });
  expect(isIssued(KEY, AUDIENCE, token)).toBe(false);
});
