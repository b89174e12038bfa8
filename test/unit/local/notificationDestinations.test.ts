import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { notificationDestinationOperations } from "../../../local/api/notificationDestinations";
import { openWorkspace, type Harness } from "./harness";

const path = "/api/2.0/notification-destinations";
const open = () => openWorkspace(notificationDestinationOperations);
const email = (...addresses: string[]) => ({
  display_name: "team",
  config: { email: { addresses } },
});
const webhook = {
  display_name: "hook",
  config: {
    generic_webhook: { url: "https://hooks.example.com/s3cr3t", username: "u", password: "p4ss" },
  },
};

async function make({ call }: Harness, body: object): Promise<string> {
  const answer = await call("POST", path, body);
  return z.object({ id: z.string() }).parse(answer.body).id;
}

describe("notification destinations", () => {
  test("an e-mail destination reads back its addresses in order", async () => {
    const harness = open();
    const id = await make(harness, email("b@example.com", "a@example.com"));
    expect((await harness.call("GET", `${path}/${id}`)).body).toEqual({
      id,
      destination_type: "EMAIL",
      ...email("b@example.com", "a@example.com"),
    });
    await harness.call("PATCH", `${path}/${id}`, email("c@example.com"));
    expect((await harness.call("GET", `${path}/${id}`)).body).toMatchObject(email("c@example.com"));
  });

  test("a webhook's secrets are in no answer and not on disk", async () => {
    const harness = open();
    const made = await harness.call("POST", path, webhook);
    expect(made.body).toMatchObject({
      destination_type: "WEBHOOK",
      config: { generic_webhook: { url_set: true, username_set: true, password_set: true } },
    });
    harness.workspace.store.close();
    const disk = readFileSync(join(harness.workspace.root, "workspace.db"), "latin1");
    expect(JSON.stringify(made.body) + disk).not.toMatch(/s3cr3t|p4ss/);
    harness.reopen();
  });

  test("a secret that is not sent again stays set", async () => {
    const harness = open();
    const id = await make(harness, webhook);
    const config = { generic_webhook: { url: "https://other.example.com", url_set: true } };
    expect((await harness.call("PATCH", `${path}/${id}`, { config })).body).toMatchObject({
      display_name: "hook",
      config: { generic_webhook: { url_set: true, password_set: true } },
    });
  });

  test.each([
    [
      "two kinds",
      { ...webhook, config: { ...webhook.config, ...email("a@example.com").config } },
      400,
    ],
    ["no kind", { ...webhook, config: {} }, 400],
    ["no URL", { ...webhook, config: { slack: {} } }, 400],
    ["not a URL", { ...webhook, config: { slack: { url: "hooks" } } }, 400],
    ["not an address", email("somebody"), 400],
    ["no address", email(), 400],
    ["no name", { config: webhook.config }, 400],
    [
      "an unknown field",
      { ...webhook, config: { slack: { url: "https://x.example", x: 1 } } },
      501,
    ],
  ])("%s is refused", async (_, body, status) => {
    const { call } = open();
    expect(await call("POST", path, body)).toMatchObject({ status });
    expect((await call("GET", path)).body).toEqual({ results: [] });
  });

  test("the type cannot change", async () => {
    const harness = open();
    const id = await make(harness, webhook);
    expect(await harness.call("PATCH", `${path}/${id}`, email("a@example.com"))).toMatchObject({
      status: 400,
    });
  });

  test("is listed until it is deleted", async () => {
    const harness = open();
    const id = await make(harness, webhook);
    expect((await harness.call("GET", path)).body).toEqual({
      results: [{ id, display_name: "hook", destination_type: "WEBHOOK" }],
    });
    await harness.call("DELETE", `${path}/${id}`);
    expect(await harness.call("DELETE", `${path}/${id}`)).toMatchObject({ status: 404 });
  });
});
