import { describe, expect, it } from "vitest";
import { azureDevOpsComments } from "../../../cli/ci/azureDevOps";
import { putComment } from "../../../cli/ci/comment";
import { gitHubComments } from "../../../cli/ci/gitHub";
import { NOTHING_TO_SAY, previewMarker } from "../../../cli/previewReport/marker";
import { startAzureDevOpsDouble, thread } from "./azureDevOpsDouble";
import { startGitHubDouble, type KeptComment } from "./gitHubDouble";

const marker = previewMarker("mlops", "dev");
const report = `${marker}\n**3 changes** in \`dev\``;
const quiet = `${marker}\n${NOTHING_TO_SAY}\nNo changes`;

const bot = { login: "github-actions[bot]", type: "Bot" };
const person = { login: "alice", type: "User" };

const by = (user: KeptComment["user"], id: number, body: string): KeptComment => ({
  id,
  body,
  user,
});

describe("the comment on GitHub", () => {
  it("is written once and then edited, however many comments there are", async () => {
    const kept = Array.from({ length: 250 }, (_, at) => by(person, at + 1, `comment ${at}`));
    const { env } = await startGitHubDouble(kept);
    expect(await putComment(gitHubComments(env), marker, report)).toBe("written");
    expect(await putComment(gitHubComments(env), marker, `${report}!`)).toBe("edited");
    expect(await putComment(gitHubComments(env), marker, `${report}!`)).toBe("the same as before");
    expect(kept).toHaveLength(251);
    expect(kept.at(-1)?.body).toBe(`${report}!`);
  });

  it("is the bot's: a person who quotes it keeps the quotation", async () => {
    const kept = [by(person, 1, report), by({ login: "other[bot]", type: "Bot" }, 2, report)];
    kept.push(by(null, 3, report));
    const { env } = await startGitHubDouble(kept);
    await putComment(gitHubComments(env), marker, quiet.replace(NOTHING_TO_SAY, ""));
    expect(kept.map(({ body }) => body)).toEqual([report, report, report, expect.any(String)]);
  });

  it("is one per stack", async () => {
    const kept = [by(bot, 1, `${previewMarker("mlops", "prod")}\nprod`)];
    const { env } = await startGitHubDouble(kept);
    await putComment(gitHubComments(env), marker, report);
    expect(kept).toHaveLength(2);
    expect(kept[0]?.body).toContain("prod");
  });

  it("is not written to say that nothing changes, but takes an old one back", async () => {
    const kept: KeptComment[] = [];
    const { env } = await startGitHubDouble(kept);
    expect(await putComment(gitHubComments(env), marker, quiet)).toBe("nothing to say");
    expect(kept).toEqual([]);
    await putComment(gitHubComments(env), marker, report);
    expect(await putComment(gitHubComments(env), marker, quiet)).toBe("edited");
    expect(kept.map(({ body }) => body)).toEqual([quiet]);
  });

  it("is left once where a lost answer had made two", async () => {
    const kept = [by(bot, 1, report), by(bot, 2, report)];
    const { env } = await startGitHubDouble(kept);
    await putComment(gitHubComments(env), marker, `${report}!`);
    expect(kept).toEqual([by(bot, 1, `${report}!`)]);
  });

  it("waits for a server that is down for a moment", async () => {
    const kept: KeptComment[] = [];
    const { env } = await startGitHubDouble(kept, (_, count) =>
      count === 1 ? { status: 502 } : undefined,
    );
    await putComment(gitHubComments(env), marker, report);
    expect(kept).toHaveLength(1);
  });

  it("names the call that is refused, and no token", async () => {
    const { env, double } = await startGitHubDouble([]);
    const wrong = gitHubComments({ ...env, GITHUB_TOKEN: "secret-of-another" });
    const refused: unknown = await wrong.list().catch((error: unknown) => error);
    expect(String(refused)).toContain(
      `GET ${double.host}/repos/example/mlops/issues/7/comments: 401`,
    );
    expect(String(refused)).not.toContain("secret-of-another");
  });

  it("says what a step leaves out", async () => {
    const { env } = await startGitHubDouble([]);
    expect(() => gitHubComments({ ...env, GITHUB_TOKEN: "" })).toThrow(
      "GITHUB_TOKEN is not set: set it in the step",
    );
  });
});

describe("the comment on Azure DevOps", () => {
  it("is written once and then edited, in a thread that holds up nothing", async () => {
    const threads = [thread(1, "Looks good", "alice")];
    const { env } = await startAzureDevOpsDouble(threads);
    expect(await putComment(azureDevOpsComments(env), marker, report)).toBe("written");
    expect(await putComment(azureDevOpsComments(env), marker, `${report}!`)).toBe("edited");
    expect(threads).toHaveLength(2);
    expect(threads[1]).toMatchObject({ status: "closed", comments: [{ content: `${report}!` }] });
  });

  it("is the pipeline's own: others' and deleted ones are left alone", async () => {
    const deleted = thread(2, "");
    deleted.comments[0] = { id: 1, isDeleted: true, author: { id: "8e6f9d3c-build-service" } };
    const threads = [thread(1, report, "alice"), deleted];
    const { env } = await startAzureDevOpsDouble(threads);
    expect(await putComment(azureDevOpsComments(env), marker, report)).toBe("written");
    expect(threads[0]?.comments[0]?.content).toBe(report);
  });

  it("is left once where there were two", async () => {
    const threads = [thread(1, report), thread(2, report)];
    const { env } = await startAzureDevOpsDouble(threads);
    await putComment(azureDevOpsComments(env), marker, `${report}!`);
    expect(threads[0]?.comments[0]?.content).toBe(`${report}!`);
    expect(threads[1]?.comments[0]?.isDeleted).toBe(true);
  });

  it("takes a page to sign in on for a refusal", async () => {
    const { env } = await startAzureDevOpsDouble([]);
    const wrong = azureDevOpsComments({ ...env, SYSTEM_ACCESSTOKEN: "secret-of-another" });
    const refused: unknown = await wrong.list().catch((error: unknown) => error);
    expect(String(refused)).toMatch(/connectionData: 203 <html>Sign in/);
    expect(String(refused)).not.toContain("secret-of-another");
  });

  it("says that it cannot comment elsewhere than in Azure Repos", async () => {
    const { env } = await startAzureDevOpsDouble([]);
    expect(() => azureDevOpsComments({ ...env, BUILD_REPOSITORY_PROVIDER: "GitHub" })).toThrow(
      "Azure Repos only",
    );
  });
});
